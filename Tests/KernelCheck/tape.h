// Numbers in double precision that remember how they were made, so that the error of a result in float32 can be bounded.
//
// A float32 calculation gives at each of its steps the exact result of what went in, plus a rounding that is at most so
// large. To the first order, a result is then off by at most the sum over all steps of the rounding there times the
// magnitude of the result's derivative by that step (Bauer 1974, Computational graphs and rounding error). What is of higher order
// is smaller by the relative error itself, 1e-4 at most here, and is allowed for with a hundredth.
//
// Steps with `order` in their description are bounded for every order of the calculation.
#pragma once
#include <stddef.h>

/// A number on the tape.
typedef int number;

/// Forgets all numbers.
void rewind_tape(void);
/// What the kernel is given: exact.
number given(double value);
/// A constant of the kernel that no float32 is equal to.
number constant(double value);
double value(number a);

number plus(number a, number b);
number minus(number a, number b);
number times(number a, number b);
/// a / b, or a times 1 / b, which may be off by a sixteenth more than a rounding: of an estimate that is off by 2^-14 one step of
/// Newton's leaves the square, and a rounding.
number over(number a, number b);
number root(number a);
/// To two units in the last place, as mhck.h says.
number exponential(number a);
number logarithm(number a);
/// By exp and a division, or near zero a polynomial.
number bent(number a);
/// 1 / (1 + exp(-a)).
number open(number a);
/// The sum of so many numbers, in any order.
number total(const number *parts, ptrdiff_t count);
/// The sum of products of so many numbers, in any order and with or without fused multiply-adds.
number dot(const number *a, const number *b, ptrdiff_t count);
/// The same number, had by a way with so many more roundings.
number again(number a, ptrdiff_t roundings);

/// What this result of a float32 calculation may be off by.
double error_of(number result);
/// Derivatives of a number by all that came before it; valid until the next call of this or of error_of.
void differentiate(number result);
double derivative(number by);
