package search

import (
	"math"

	"trailcat/internal/catalog"
)

// unknownFee is the fee of a cat whose fee is unknown.
const unknownFee = -1

// feePrecision is the number of units of the column of fees in one of a currency. No
// currency that adoption fees are in has more than three decimals.
const feePrecision = 1000

// feeOf returns a fee as the index stores it.
func feeOf(f catalog.Fee) int32 {
	amount, known := f.Amount()
	if !known {
		return unknownFee
	}
	return int32(min(math.Round(amount*feePrecision), math.MaxInt32))
}

// feeRange returns the smallest and the largest fee between two amounts, as feeOf returns
// fees. Nil is no limit.
func feeRange(low, high *float64) (from, to int32) {
	from, to = 0, math.MaxInt32
	const tolerance = 1e-6 // for the rounding of decimals
	if low != nil {
		from = int32(min(max(0, math.Ceil(*low*feePrecision-tolerance)), math.MaxInt32))
	}
	if high != nil {
		to = int32(min(max(unknownFee, math.Floor(*high*feePrecision+tolerance)), math.MaxInt32))
	}
	return from, to
}
