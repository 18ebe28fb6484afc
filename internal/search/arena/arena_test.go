package arena

import (
	"strconv"
	"strings"
	"testing"
)

func TestArena_RecordsSurviveCompaction(t *testing.T) {
	t.Parallel()

	var a Arena
	handles := make([]Handle, 500)
	want := make([]string, len(handles))
	for i := range 20_000 {
		at := i * 7919 % len(handles)
		a.Free(handles[at])
		want[at] = strings.Repeat(strconv.Itoa(i), 1+i%200)
		handles[at] = a.Put([]byte(want[at]))
		compact(&a, handles, 1+i%100)
	}
	for i, h := range handles {
		if got := string(a.Get(h)); got != want[i] {
			t.Fatalf("record %d: got %.40q, want %.40q", i, got, want[i])
		}
	}
	if len(a.chunks) > 4 {
		t.Errorf("got %d chunks for 0.5 MB of records, want at most 4", len(a.chunks))
	}
}

// compact frees at most one chunk, in steps of n records.
func compact(a *Arena, handles []Handle, n int) {
	if c := a.Compaction(handles); c != nil {
		for !c.Move(n) {
		}
	}
}

func TestArena_FreedRecordsStayReadable(t *testing.T) {
	t.Parallel()

	var a Arena
	handles := make([]Handle, 500)
	kept, want := map[int][]byte{}, map[int]string{}
	for i := range 20_000 {
		at := i * 7919 % len(handles)
		if old := a.Get(handles[at]); i%97 == 0 && old != nil {
			kept[i], want[i] = old, string(old)
		}
		a.Free(handles[at])
		handles[at] = a.Put([]byte(strings.Repeat(strconv.Itoa(i), 1+i%200)))
		compact(&a, handles, 1+i%100)
	}
	for i, record := range kept {
		if string(record) != want[i] {
			t.Fatalf("a record that was freed in step %d: got %.40q, want %.40q", i, record, want[i])
		}
	}
}
