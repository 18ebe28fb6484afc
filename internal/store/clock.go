package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// Clock returns the time of the database, on which the nodes of one database agree even
// if the clocks of their machines differ. With SQLite, which has no clock, it is the time
// of the machine. It is safe for concurrent use.
type Clock struct {
	store   *Store
	machine func() time.Time

	reference atomic.Pointer[clockReference] // nil: the time of the machine
	offset    atomic.Int64                   // nanoseconds
}

// clockReference is one moment on both clocks.
type clockReference struct{ machine, database time.Time }

const (
	// maxMeasurement is how long reading the clock of the database may take. The time is
	// wrong by at most half of that.
	maxMeasurement = 2 * time.Second
	// clockResolution is the difference up to which a measurement confirms the previous
	// one, so that the time does not go back and forth with the latency of the network.
	clockResolution = 100 * time.Millisecond
)

// OpenClock reads the clock of the database. Machine returns the time of this machine;
// between measurements only the time that passes on it counts, which is not affected by
// setting the clock if the returned times have a monotonic reading.
func (s *Store) OpenClock(ctx context.Context, machine func() time.Time) (*Clock, error) {
	c := &Clock{store: s, machine: machine, reference: atomic.Pointer[clockReference]{}, offset: atomic.Int64{}}
	return c, c.Measure(ctx)
}

// Now returns the time of the database.
func (c *Clock) Now() time.Time {
	now := c.machine()
	if r := c.reference.Load(); r != nil {
		return r.database.Add(now.Sub(r.machine))
	}
	return now.UTC()
}

// Offset returns how far the clock of the machine was ahead of the clock of the database
// at the last measurement.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Measure reads the clock of the database. If that fails, the clock continues from the
// previous measurement.
func (c *Clock) Measure(ctx context.Context) error {
	if c.store.dialect.now == "" {
		return nil
	}
	var before, after, database time.Time
	err := c.store.read(ctx, func(db *gorm.DB) error {
		before = c.machine()
		err := db.Raw(c.store.dialect.now).Scan(&database).Error
		after = c.machine()
		return err
	})
	if err != nil {
		return fmt.Errorf("read the clock of the database: %w", err)
	}
	if took := after.Sub(before); took > maxMeasurement {
		return fmt.Errorf("read the clock of the database: took %s, want at most %s", took, maxMeasurement)
	}
	middle := before.Add(after.Sub(before) / 2)
	c.offset.Store(int64(middle.Round(0).Sub(database))) // without the monotonic reading
	if c.reference.Load() == nil || c.Now().Sub(database.Add(after.Sub(middle))).Abs() > clockResolution {
		c.reference.Store(&clockReference{machine: middle, database: database.UTC()})
	}
	return nil
}
