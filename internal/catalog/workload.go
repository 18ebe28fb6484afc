package catalog

import "context"

// Workload determines how a store treats the calls of a context: how long they may take, and
// which writes come first when there are more than the database can do at once.
type Workload int

const (
	// InteractiveWorkload is a call that someone waits for. A write is rejected with the code
	// overloaded if too many others wait. It is the workload of a context without one.
	InteractiveWorkload Workload = iota
	// BatchWorkload is a part of a large request, or a write that must not be lost although it
	// is not urgent. It is limited in time like an interactive one, but never rejected.
	BatchWorkload
	// JobWorkload is a part of an import or of background work. It has the time limit of jobs.
	JobWorkload
)

type workloadKey struct{}

// WithWorkload returns a context whose calls of a store have a workload.
func WithWorkload(ctx context.Context, w Workload) context.Context {
	return context.WithValue(ctx, workloadKey{}, w)
}

// WorkloadOf returns the workload of a context.
func WorkloadOf(ctx context.Context) Workload {
	w, _ := ctx.Value(workloadKey{}).(Workload)
	return w
}

// WriteQueue is the state of the queue of writes of a store.
type WriteQueue struct {
	Running  int   // write transactions
	Waiting  int   // writes that wait to run
	Rejected int64 // writes that were rejected as overloaded since the start
	TimedOut int64 // reads and writes that exceeded their time limit since the start

	CatWrites int64                // that ended since the start and that may share transactions
	CatGroups [CatGroupSizes]int64 // their transactions, by the number of writes: 1, 2, up to 4, up to 8, …
}

// CatGroupSizes is the number of size classes of transactions with several writes of cats.
const CatGroupSizes = 7
