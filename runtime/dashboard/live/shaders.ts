/** The programs of the graphics card. A particle is a square towards the eye; each of its pixels is where a ray meets it. */

/** Spheres, in space. */
export const SPHERES = {
  vertex: `#version 300 es
in vec3 place;
in float speed;
uniform mat4 view, projection;
uniform vec3 low, edges;
uniform float radius, leastRadius, tones;
out vec3 at;
flat out vec3 middle;
flat out float size, tone;

void main() {
  middle = (view * vec4(low + place * edges, 1.0)).xyz;
  float far = length(middle);
  size = max(radius, leastRadius * far);
  tone = min(1.0, speed * tones);
  vec3 ahead = middle / far;
  vec3 right = normalize(cross(ahead, vec3(0.0, 1.0, 0.0)));
  vec3 up = cross(right, ahead);
  // Seen from near a sphere covers more than its radius.
  float reach = 1.08 * size * far / sqrt(max(far * far - size * size, 1e-6 * far * far));
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  at = middle + reach * (corner.x * right + corner.y * up);
  gl_Position = projection * vec4(at, 1.0);
}`,
  fragment: `#version 300 es
precision highp float;
in vec3 at;
flat in vec3 middle;
flat in float size, tone;
uniform mat4 projection;
uniform sampler2D ramp;
uniform vec4 plain;
uniform vec3 ground;
uniform vec2 haze;
out vec4 colour;

const vec3 LIGHT = normalize(vec3(-0.45, 0.65, 0.75));

void main() {
  vec3 ray = normalize(at);
  float along = dot(ray, middle);
  vec3 miss = middle - ray * along;
  float off = length(miss) / size;
  float blur = max(fwidth(off), 1e-4);
  float cover = clamp((1.0 - off) / blur + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  vec3 hit = ray * (along - size * sqrt(max(0.0, 1.0 - off * off)));
  vec3 normal = (hit - middle) / size;
  vec4 clip = projection * vec4(hit, 1.0);
  gl_FragDepth = clamp(0.5 * clip.z / clip.w + 0.5, 0.0, 1.0);
  vec3 own = mix(texture(ramp, vec2(tone, 0.5)).rgb, plain.rgb, plain.a);
  float facing = clamp(-dot(normal, ray), 0.0, 1.0);
  float lit = clamp(dot(normal, LIGHT) * 0.5 + 0.5, 0.0, 1.0);
  float shade = mix(0.3, 1.08, lit * lit) * mix(0.55, 1.0, smoothstep(0.0, 0.55, facing));
  float gleam = pow(clamp(dot(reflect(ray, normal), LIGHT), 0.0, 1.0), 36.0);
  vec3 shown = own * shade + 0.22 * gleam;
  float far = clamp((-hit.z - haze.x) / (haze.y - haze.x), 0.0, 1.0);
  colour = vec4(mix(shown, ground, 0.6 * far), cover);
}`,
};

/** Disks, in the plane. */
export const DISKS = {
  vertex: `#version 300 es
in vec3 place;
in float speed;
uniform mat4 projection;
uniform vec3 low, edges;
uniform float radius, tones;
out vec2 at;
flat out float tone;

void main() {
  at = 1.15 * (vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0);
  tone = min(1.0, speed * tones);
  vec2 middle = (low + place * edges).xy;
  gl_Position = projection * vec4(middle + radius * at, 0.0, 1.0);
}`,
  fragment: `#version 300 es
precision highp float;
in vec2 at;
flat in float tone;
uniform sampler2D ramp;
uniform vec4 plain;
out vec4 colour;

void main() {
  float off = length(at);
  float blur = max(fwidth(off), 1e-4);
  float cover = clamp((1.0 - off) / blur + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  vec3 own = mix(texture(ramp, vec2(tone, 0.5)).rgb, plain.rgb, plain.a);
  float rim = blur < 0.4 ? smoothstep(0.8 - blur, 0.8, off) : 0.0;
  float light = 1.0 + 0.12 * dot(at, vec2(-0.5, 0.7));
  colour = vec4(mix(own * light, own * 0.62, rim), 1.0) * cover;
}`,
};

/** The edges of the box. */
export const LINES = {
  vertex: `#version 300 es
in vec3 place;
uniform mat4 view, projection;
uniform vec3 low, edges;

void main() {
  gl_Position = projection * view * vec4(low + place * edges, 1.0);
}`,
  fragment: `#version 300 es
precision highp float;
uniform vec4 plain;
out vec4 colour;

void main() {
  colour = plain;
}`,
};
