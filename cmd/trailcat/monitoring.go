package main

import (
	"context"
	"log/slog"
	"time"

	"trailcat/api"
)

// maxClockOffset is the difference between the clocks of the machine and the database
// from which on the server warns.
const maxClockOffset = time.Minute

// measureClock compares the clock of the machine with that of the database at the start
// and every minute, and warns when they begin to differ.
func (s *server) measureClock() service {
	wrong := false
	return periodic(s.log, "measure_clock", 0, time.Minute, func(ctx context.Context) error {
		err := s.clock.Measure(ctx)
		offset := s.clock.Offset()
		before := wrong
		wrong = offset.Abs() > maxClockOffset
		switch {
		case wrong && !before:
			s.log.WarnContext(ctx, "the clock of this machine is wrong or that of the database is; the server uses the time of the database",
				slog.Int64("ahead_ms", offset.Milliseconds()), slog.Time("database_time", s.clock.Now()))
		case before && !wrong:
			s.log.InfoContext(ctx, "the clocks of this machine and the database agree again", slog.Int64("ahead_ms", offset.Milliseconds()))
		}
		return err
	})
}

// checkWrites checks every second whether the database accepts writes, and logs when
// that changes.
func (s *server) checkWrites() service {
	var last string
	return periodic(s.log, "check_writes", 0, time.Second, func(ctx context.Context) error {
		err := s.db.CheckWritable(ctx)
		state := ""
		if err != nil && ctx.Err() == nil {
			state = api.DatabaseState(err)
		}
		switch state {
		case last:
		case "":
			s.log.InfoContext(ctx, "the database accepts writes again", slog.String("cause", last))
		default:
			s.log.ErrorContext(ctx, "the database accepts no writes", slog.String("cause", state), slog.Any("error", err))
		}
		last = state
		return nil
	})
}

// gauges returns the metrics of the clock, the database and the background tasks.
func (s *server) gauges() []api.Gauge {
	return []api.Gauge{
		{
			Name: "trailcat_clock_offset_seconds", Help: "How far the clock of this machine is ahead of the clock of the database.",
			Value: func() float64 { return s.clock.Offset().Seconds() },
		},
		{
			Name: "trailcat_database_writable", Help: "1 if the database accepts writes as far as is known, otherwise 0.",
			Value: func() float64 {
				if s.db.WriteError() != nil {
					return 0
				}
				return 1
			},
		},
		{
			Name: "trailcat_stale_marking_refused_cats", Help: "Number of listings that were not marked stale at the last attempt, because they are more than half of all.",
			Value: func() float64 { return float64(s.refused.Load()) },
		},
	}
}
