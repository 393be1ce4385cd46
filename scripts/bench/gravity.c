/*
 * All pairs by leapfrog as one writes it down in C: what the kernel of gravity is measured against.
 *
 *     gcc -O3 -march=native gravity.c -o gravity -lm
 *     ./gravity once|twice BODIES STEPS TIMESTEP SOFTENING < START
 *
 * START is masses, then x0 y0 z0 x1 ..., then velocities, as doubles. Prints the milliseconds that the steps took and
 * the kinetic energy at the end, which tells that both computed the same motion. `once` looks at each pair once, as the
 * kernel does; `twice` at each pair from both sides, in loops that the compiler vectorises to the width of the machine.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int count;
static double softening_sq;
static double *mass, *x, *y, *z, *vx, *vy, *vz, *ax, *ay, *az;

static void clear(void) {
  memset(ax, 0, count * sizeof *ax);
  memset(ay, 0, count * sizeof *ay);
  memset(az, 0, count * sizeof *az);
}

static void accelerate_once(void) {
  clear();
  for (int i = 0; i < count; i++) {
    double sum_x = 0, sum_y = 0, sum_z = 0;
    for (int j = i + 1; j < count; j++) {
      double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
      double square = dx * dx + dy * dy + dz * dz + softening_sq;
      double weight = 1 / (square * sqrt(square));
      double on_i = mass[j] * weight, on_j = mass[i] * weight;
      sum_x += on_i * dx;
      sum_y += on_i * dy;
      sum_z += on_i * dz;
      ax[j] -= on_j * dx;
      ay[j] -= on_j * dy;
      az[j] -= on_j * dz;
    }
    ax[i] += sum_x;
    ay[i] += sum_y;
    az[i] += sum_z;
  }
}

static void attract_all(int j, const double *restrict x, const double *restrict y, const double *restrict z,
                        double *restrict ax, double *restrict ay, double *restrict az) {
  double xj = x[j], yj = y[j], zj = z[j], mass_j = mass[j], soft = softening_sq;
  for (int i = 0; i < count; i++) {
    double dx = xj - x[i], dy = yj - y[i], dz = zj - z[i];
    double square = dx * dx + dy * dy + dz * dz + soft;
    double weight = square > 0 ? mass_j / (square * sqrt(square)) : 0;
    ax[i] += weight * dx;
    ay[i] += weight * dy;
    az[i] += weight * dz;
  }
}

static void accelerate_twice(void) {
  clear();
  for (int j = 0; j < count; j++) attract_all(j, x, y, z, ax, ay, az);
}

static void change(double *values, const double *rates, double time) {
  for (int i = 0; i < count; i++) values[i] += rates[i] * time;
}

static void kick(double time) {
  change(vx, ax, time);
  change(vy, ay, time);
  change(vz, az, time);
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double number(void) {
  double value;
  if (fread(&value, sizeof value, 1, stdin) != 1) exit(1);
  return value;
}

static double *column(void) { return calloc(count, sizeof(double)); }

int main(int argc, char **argv) {
  if (argc != 6) return 1;
  void (*accelerate)(void) = strcmp(argv[1], "once") ? accelerate_twice : accelerate_once;
  count = atoi(argv[2]);
  int steps = atoi(argv[3]);
  double timestep = atof(argv[4]), softening = atof(argv[5]);
  softening_sq = softening * softening;
  mass = column();
  x = column(), y = column(), z = column();
  vx = column(), vy = column(), vz = column();
  ax = column(), ay = column(), az = column();
  for (int i = 0; i < count; i++) mass[i] = number();
  for (int i = 0; i < count; i++) x[i] = number(), y[i] = number(), z[i] = number();
  for (int i = 0; i < count; i++) vx[i] = number(), vy[i] = number(), vz[i] = number();
  accelerate();
  double start = milliseconds();
  for (int step = 0; step < steps; step++) {
    kick(timestep / 2);
    change(x, vx, timestep);
    change(y, vy, timestep);
    change(z, vz, timestep);
    accelerate();
    kick(timestep / 2);
  }
  double elapsed = milliseconds() - start, kinetic = 0;
  for (int i = 0; i < count; i++) kinetic += mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i]) / 2;
  printf("%.6f %.17g\n", elapsed, kinetic);
  return 0;
}
