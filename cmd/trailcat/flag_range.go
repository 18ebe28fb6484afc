package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/alecthomas/kong"
)

// checkRanges returns an error if a number or duration is outside of its range. The tags
// min and max of a flag state the range; without them it is 0 and unlimited. With the tag
// or-zero it may also be 0.
func checkRanges(flags []*kong.Flag) error {
	for _, flag := range flags {
		if err := checkRange(flag); err != nil {
			return err
		}
	}
	return nil
}

func checkRange(flag *kong.Flag) error {
	switch value := flag.Target.Interface().(type) {
	case *time.Duration:
		if value == nil { // not given
			return nil
		}
		return checkLimits(flag, *value, time.ParseDuration)
	case time.Duration:
		return checkLimits(flag, value, time.ParseDuration)
	case int:
		return checkLimits(flag, value, strconv.Atoi)
	case int64:
		return checkLimits(flag, value, func(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) })
	default:
		return nil
	}
}

func checkLimits[T int | int64 | time.Duration](flag *kong.Flag, value T, parse func(string) (T, error)) error {
	limit := func(tag string) (T, bool) {
		limit, err := parse(flag.Tag.Get(tag))
		return limit, err == nil
	}
	zero := ""
	if flag.Tag.Has("or-zero") {
		zero = "0 or "
	}
	if least, _ := limit("min"); value < least && (value != 0 || zero == "") {
		return fmt.Errorf("--%s must be %sat least %v, got %v", flag.Name, zero, least, value)
	}
	if most, ok := limit("max"); ok && value > most {
		return fmt.Errorf("--%s must be at most %v, got %v", flag.Name, most, value)
	}
	return nil
}
