#include "tape.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"

typedef struct {
  double value;
  // Derivatives by the one or two numbers that it was made of, and what rounding is off by at most.
  double by[2];
  number from[2];
  double rounding;
} node;

static node *nodes = NULL;
static double *slopes = NULL;
static number count = 0, room_for = 0;

void rewind_tape(void) { count = 0; }

double value(number a) { return nodes[a].value; }

static number add(double result, number a, double by_a, number b, double by_b, double error) {
  if (count == room_for) {
    room_for = room_for ? 2 * room_for : 1 << 16;
    nodes = realloc(nodes, (size_t)room_for * sizeof *nodes);
    slopes = realloc(slopes, (size_t)room_for * sizeof *slopes);
    if (!nodes || !slopes) miss("no memory");
  }
  nodes[count] = (node){result, {by_a, by_b}, {a, b}, error};
  return count++;
}

static number one_of(double result, number a, double by, double error) { return add(result, a, by, -1, 0, error); }

number given(double exact) { return add(exact, -1, 0, -1, 0, 0); }
number constant(double exact) { return add(exact, -1, 0, -1, 0, U * fabs(exact)); }

number plus(number a, number b) {
  const double sum = value(a) + value(b);
  return add(sum, a, 1, b, 1, U * fabs(sum));
}
number minus(number a, number b) {
  const double difference = value(a) - value(b);
  return add(difference, a, 1, b, -1, U * fabs(difference));
}
number times(number a, number b) {
  const double product = value(a) * value(b);
  return add(product, a, value(b), b, value(a), U * fabs(product));
}
number over(number a, number b) {
  const double quotient = value(a) / value(b);
  return add(quotient, a, 1 / value(b), b, -quotient / value(b), (2 + 1.0 / 16) * U * fabs(quotient));
}
number root(number a) {
  const double result = sqrt(value(a));
  return one_of(result, a, 0.5 / result, U * result);
}
// A unit in the last place is at most 2 U of a number.
number exponential(number a) {
  const double result = exp(value(a));
  return one_of(result, a, result, 4 * U * result);
}
number logarithm(number a) {
  const double result = log(value(a));
  return one_of(result, a, 1 / value(a), 4 * U * fabs(result));
}
// Below 0.625 a is added to a polynomial in it of at most 0.13 |a|: U for the sum, and little for the rest. Elsewhere it is
// 1 - w with w = 2 / (E + 1) and E = exp(2 a), whose 4 U reach w as 4 U w E / (E + 1); a sum and a division add 2 U w, the
// difference U. Where a > 0, w <= 0.45, and this is below 4 U; where a < 0, E / (E + 1) <= 0.23, and it is below 6 U.
number bent(number a) {
  const double result = tanh(value(a));
  return one_of(result, a, 1 - result * result, fabs(value(a)) < 0.6 ? 4 * U * fabs(result) : 6 * U);
}
number open(number a) {
  number one = given(1);
  return over(one, plus(one, exponential(minus(given(0), a))));
}

number total(const number *parts, ptrdiff_t length) {
  double magnitude = 0;
  number sum = given(0);
  for (ptrdiff_t i = 0; i < length; i++) {
    magnitude += fabs(value(parts[i]));
    sum = add(value(sum) + value(parts[i]), sum, 1, parts[i], 1, 0);
  }
  nodes[sum].rounding = rounding(length) * magnitude;
  return sum;
}

number dot(const number *a, const number *b, ptrdiff_t length) {
  double magnitude = 0;
  number sum = given(0);
  for (ptrdiff_t i = 0; i < length; i++) {
    const double part = value(a[i]) * value(b[i]);
    magnitude += fabs(part);
    const number product = add(part, a[i], value(b[i]), b[i], value(a[i]), 0);
    sum = add(value(sum) + part, sum, 1, product, 1, 0);
  }
  nodes[sum].rounding = rounding(length) * magnitude;
  return sum;
}

number again(number a, ptrdiff_t roundings) { return one_of(value(a), a, 1, rounding(roundings) * fabs(value(a))); }

static double sweep(number result) {
  for (number i = 0; i <= result; i++) slopes[i] = 0;
  slopes[result] = 1;
  double error = 0;
  for (number i = result; i >= 0; i--) {
    const double slope = slopes[i];
    if (slope == 0) continue;
    error += fabs(slope) * nodes[i].rounding;
    for (int k = 0; k < 2; k++)
      if (nodes[i].from[k] >= 0) slopes[nodes[i].from[k]] += slope * nodes[i].by[k];
  }
  return error;
}

// The smallest normal number: what is below is not counted as a part of anything.
double error_of(number result) { return 1.01 * sweep(result) + 0x1p-126; }
void differentiate(number result) { sweep(result); }
double derivative(number by) { return slopes[by]; }
