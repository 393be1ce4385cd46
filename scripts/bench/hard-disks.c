/*
 * The algorithm of assembly/hard-disks, line for line, in C: what the kernel is measured against.
 *
 *     gcc -O3 -march=native -ffp-contract=off hard-disks.c -o hard-disks -lm
 *     ./hard-disks PARTICLES STEPS SEED WIDTH HEIGHT
 *
 * prints the milliseconds that the steps took (after a first run to warm up) and a checksum of the final state, FNV-1a
 * over the bytes of positions and velocities, which tells that both computed the same bits. The remaining parameters
 * are the defaults. Fused multiply-add is off because it would give other bits.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NONE = -1, PAIRS_PER_DISK = 4 };
static const double RADIUS = 5, TIMESTEP = 0.1, MAX_SPEED = 20, WALL = 0.8, PARTICLE = 0.9;

typedef struct { double x, y; } vec;

static int32_t count;
static double width, height;
static vec *positions, *velocities, *anchors;
static uint64_t wall_collisions, particle_collisions;

/* Random numbers: MT19937, 53-bit doubles. */

static uint32_t words[624];
static int next_word;

static void seed_random(uint32_t seed) {
  words[0] = seed;
  for (uint32_t i = 1; i < 624; i++) words[i] = 1812433253u * (words[i - 1] ^ (words[i - 1] >> 30)) + i;
  next_word = 624;
}

static uint32_t random_word(void) {
  if (next_word == 624) {
    for (int i = 0; i < 624; i++) {
      uint32_t following = words[(i + 1) % 624];
      uint32_t joined = (words[i] & 0x80000000u) | (following & 0x7fffffffu);
      words[i] = words[(i + 397) % 624] ^ (joined >> 1) ^ (following & 1 ? 0x9908b0dfu : 0);
    }
    next_word = 0;
  }
  uint32_t word = words[next_word++];
  word ^= word >> 11;
  word ^= (word << 7) & 0x9d2c5680u;
  word ^= (word << 15) & 0xefc60000u;
  return word ^ (word >> 18);
}

static double uniform(void) {
  uint32_t high = random_word() >> 5, low = random_word() >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

static void draw_start(uint32_t seed) {
  wall_collisions = particle_collisions = 0;
  seed_random(seed);
  for (int i = 0; i < count; i++) {
    positions[i].x = uniform() * (width - 2 * RADIUS) + RADIUS;
    positions[i].y = uniform() * (height - 2 * RADIUS) + RADIUS;
  }
  for (int i = 0; i < count; i++) {
    velocities[i].x = (uniform() - 0.5) * (2 * MAX_SPEED);
    velocities[i].y = (uniform() - 0.5) * (2 * MAX_SPEED);
  }
}

/* Motion and walls. */

static bool meet_walls(double *place, double *speed, double extent) {
  if (*place - RADIUS < 0) *place = RADIUS;
  else if (*place + RADIUS > extent) *place = extent - RADIUS;
  else return false;
  *speed *= -WALL;
  return true;
}

static void move(void) {
  for (int i = 0; i < count; i++) {
    vec p = {positions[i].x + velocities[i].x * TIMESTEP, positions[i].y + velocities[i].y * TIMESTEP};
    positions[i] = p;
    /* One test for all four walls, so that the usual disk costs one branch. */
    if (!((p.x - RADIUS < 0) | (p.x + RADIUS > width) | (p.y - RADIUS < 0) | (p.y + RADIUS > height))) continue;
    bool turned_x = meet_walls(&positions[i].x, &velocities[i].x, width);
    bool turned_y = meet_walls(&positions[i].y, &velocities[i].y, height);
    wall_collisions += turned_x || turned_y;
  }
}

/* Two disks. */

static inline double distance_sq(int32_t i, int32_t j) {
  double dx = positions[i].x - positions[j].x, dy = positions[i].y - positions[j].y;
  return dx * dx + dy * dy;
}

static bool collide(int32_t i, int32_t j) {
  vec pi = positions[i], pj = positions[j], vi = velocities[i], vj = velocities[j];
  double dx = pi.x - pj.x, dy = pi.y - pj.y;
  if (dx * (vi.x - vj.x) + dy * (vi.y - vj.y) > 0) return false;
  particle_collisions++;
  double distance = sqrt(dx * dx + dy * dy);
  if (!(distance > 0)) return false;
  double nx = dx / distance, ny = dy / distance;
  double a = vi.x * nx + vi.y * ny, b = vj.x * nx + vj.y * ny;
  velocities[i] = (vec){vi.x + (b - a) * nx * PARTICLE, vi.y + (b - a) * ny * PARTICLE};
  velocities[j] = (vec){vj.x + (a - b) * nx * PARTICLE, vj.y + (a - b) * ny * PARTICLE};
  double push = 0.5 * (2 * RADIUS - distance);
  positions[i] = (vec){pi.x + push * nx, pi.y + push * ny};
  positions[j] = (vec){pj.x - push * nx, pj.y - push * ny};
  return true;
}

static void collide_row(int32_t i, int32_t first) {
  for (int32_t j = first; j < count; j++)
    if (distance_sq(i, j) < 4 * RADIUS * RADIUS) collide(i, j);
}

/* Cells. */

static double reach, slack;
static int32_t side_x, side_y, stride;
static int32_t *heads, *next, *cell_of;
static uint64_t effort, allowed, budget, worthwhile;

static int32_t side_of(double extent) { return (int32_t)fmax(1, floor(fmin(extent / (reach * (1 + 1e-6)), count))); }

static inline int32_t cell_at(vec place) {
  double x = fmax(fmin(place.x * (side_x / width), side_x - 1), 0);
  double y = fmax(fmin(place.y * (side_y / height), side_y - 1), 0);
  return ((int32_t)y + 1) * stride + (int32_t)x + 1;
}

static inline bool is_near(vec a, vec b, double within) {
  return (fabs(a.x - b.x) < within) & (fabs(a.y - b.y) < within);
}

static void anchor(int32_t i) {
  int32_t cell = cell_at(positions[i]);
  anchors[i] = positions[i];
  cell_of[i] = cell;
  next[i] = heads[cell];
  heads[cell] = i;
}

static void release(int32_t i) {
  int32_t *link = &heads[cell_of[i]];
  for (; *link != i; link = &next[*link]) effort++;
  *link = next[i];
}

static uint64_t *gather(int32_t i, int32_t cursor, uint64_t *end, uint64_t *floor) {
  vec centre = positions[i];
  uint64_t *begin = end;
  int32_t row = cell_at(centre) - stride - 1;
  for (int rows = 3; rows > 0; rows--, row += stride)
    for (int32_t cell = row; cell < row + 3; cell++)
      for (int32_t j = heads[cell]; j != NONE; j = next[j]) {
        effort++;
        if (begin == floor) return NULL;
        begin[-1] = (uint64_t)i << 32 | (uint32_t)j;
        begin -= (j > cursor) & is_near(centre, anchors[j], reach);
      }
  return begin;
}

static void mark_before(int32_t i, uint8_t *marks) {
  int32_t row = cell_of[i] - stride - 1;
  for (int rows = 3; rows > 0; rows--, row += stride)
    for (int32_t cell = row; cell < row + 3; cell++)
      for (int32_t j = heads[cell]; j != NONE; j = next[j]) {
        effort++;
        if (j < i && is_near(anchors[i], anchors[j], reach)) marks[j] = 1;
      }
}

/* Rows. */

static uint64_t *pairs, *pairs_end, *gathered, *gathered_end, **row_starts;
static uint8_t *stale;
static bool is_current, is_disturbed;

static bool are_within_slack(vec a, vec b) { return (fabs(a.x - b.x) <= slack) & (fabs(a.y - b.y) <= slack); }

static bool is_within_slack(int32_t i) { return are_within_slack(positions[i], anchors[i]); }

static bool have_strayed(void) {
  bool near = true;
  for (int i = 0; i < count; i++) near &= is_within_slack(i);
  return !near;
}

static void mark_stale(int32_t i) {
  stale[i] = 1;
  is_disturbed = true;
}

static void settle(int32_t i) {
  if (effort > allowed || is_within_slack(i)) return;
  release(i);
  anchor(i);
  mark_before(i, stale);
  mark_stale(i);
}

static bool sort_row(uint64_t *begin, uint64_t *end) {
  uint64_t length = (uint64_t)(end - begin);
  if (length > 1) effort += (length * length) >> 2;
  if (effort > allowed) return false;
  for (uint64_t *place = begin + 1; place < end; place++) {
    uint64_t value = *place, *hole = place;
    for (; hole > begin && hole[-1] > value; hole--) *hole = hole[-1];
    *hole = value;
  }
  return true;
}

static void make_rows(void) {
  is_current = is_disturbed = false;
  memset(heads, 0xff, sizeof *heads * (size_t)stride * (size_t)(side_y + 2));
  effort = 0;
  allowed = budget;
  memset(stale, 0, (size_t)count);
  uint64_t *begin = pairs_end;
  row_starts[count] = begin;
  for (int32_t i = count; i-- > 0;) {
    uint64_t *end = begin;
    begin = gather(i, i, end, pairs);
    if (!begin) {
      begin = end;
      mark_stale(i);
    }
    if (!sort_row(begin, end)) return;
    row_starts[i] = begin;
    anchor(i);
  }
  worthwhile = 2 * effort + (uint64_t)count;
  is_current = true;
}

static uint64_t *gather_sorted(int32_t i, int32_t cursor) {
  if (effort > allowed) return NULL;
  uint64_t *begin = gather(i, cursor, gathered_end, gathered);
  return sort_row(begin, gathered_end) ? begin : NULL;
}

static void collide_gathered(int32_t i, int32_t cursor) {
  vec centre = positions[i];
  uint64_t *pair = gather_sorted(i, cursor);
  while (pair < gathered_end) {
    if (!pair) {
      collide_row(i, cursor + 1);
      return;
    }
    int32_t j = (int32_t)*pair++;
    if (!(distance_sq(i, j) < 4 * RADIUS * RADIUS && collide(i, j))) continue;
    settle(j);
    cursor = j;
    if (are_within_slack(positions[i], centre)) continue;
    centre = positions[i];
    pair = gather_sorted(i, cursor);
  }
  settle(i);
}

static void collide_from(uint64_t *pair, int32_t i) {
  for (uint64_t *end = row_starts[i + 1]; pair < end; pair++) {
    int32_t j = (int32_t)*pair;
    if (!(distance_sq(i, j) < 4 * RADIUS * RADIUS && collide(i, j))) continue;
    settle(j);
    if (!is_within_slack(i)) {
      collide_gathered(i, j);
      return;
    }
  }
}

static int32_t collide_undisturbed(void) {
  if (is_disturbed || !is_current) return 0;
  for (uint64_t *pair = row_starts[0]; pair < pairs_end; pair++) {
    int32_t i = (int32_t)(*pair >> 32), j = (int32_t)*pair;
    if (!(distance_sq(i, j) < 4 * RADIUS * RADIUS && collide(i, j))) continue;
    settle(j);
    if (is_disturbed || !is_within_slack(i)) {
      if (is_within_slack(i)) collide_from(pair + 1, i);
      else collide_gathered(i, j);
      return i + 1;
    }
  }
  return count;
}

static void collide_near(void) {
  if (!is_current || effort > worthwhile || have_strayed()) make_rows();
  else allowed = effort + budget;
  for (int32_t i = collide_undisturbed(); i < count; i++) {
    if (effort > allowed) {
      is_current = false;
      for (; i < count; i++) collide_row(i, i + 1);
      return;
    }
    if (stale[i]) collide_gathered(i, i);
    else collide_from(row_starts[i], i);
  }
}

static void *room(size_t elements, size_t bytes) {
  void *memory = calloc(elements, bytes);
  if (!memory) exit(1);
  return memory;
}

static void lay_out(void) {
  double spacing = sqrt(width / count * height);
  slack = fmax(0.25 * RADIUS, 0.4 * spacing - RADIUS);
  reach = (2 * RADIUS + 2 * slack) * (1 + 1e-9);
  side_x = side_of(width);
  side_y = side_of(height);
  stride = side_x + 2;
  size_t n = (size_t)count;
  heads = room((size_t)stride * (size_t)(side_y + 2), sizeof *heads);
  next = room(n, sizeof *next);
  cell_of = room(n, sizeof *cell_of);
  positions = room(2 * n, sizeof *positions);
  velocities = positions + n;
  anchors = room(n, sizeof *anchors);
  pairs = room(PAIRS_PER_DISK * n, sizeof *pairs);
  pairs_end = pairs + PAIRS_PER_DISK * n;
  row_starts = room(n + 1, sizeof *row_starts);
  stale = room(n, 1);
  gathered = room(n, sizeof *gathered);
  gathered_end = gathered + n;
  budget = (uint64_t)count * (uint64_t)count / 16 + 32 * (uint64_t)count;
}

static double run(uint32_t seed, int steps) {
  struct timespec start, end;
  draw_start(seed);
  is_current = false;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int step = 0; step < steps; step++) {
    move();
    collide_near();
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
}

static uint64_t checksum(void) {
  uint64_t hash = 0xcbf29ce484222325u;
  const uint8_t *bytes = (const uint8_t *)positions;
  for (size_t k = 0; k < 32 * (size_t)count; k++) hash = (hash ^ bytes[k]) * 0x100000001b3u;
  return hash;
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "usage: hard-disks PARTICLES STEPS SEED WIDTH HEIGHT\n"), 2;
  count = atoi(argv[1]);
  int steps = atoi(argv[2]);
  uint32_t seed = (uint32_t)strtoul(argv[3], NULL, 10);
  width = atof(argv[4]);
  height = atof(argv[5]);
  lay_out();
  run(seed, steps);
  double elapsed_ms = run(seed, steps);
  printf("%.6f %016" PRIx64 "\n", elapsed_ms, checksum());
  return 0;
}
