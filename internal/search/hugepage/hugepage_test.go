package hugepage

import (
	"slices"
	"testing"
)

func TestCollapse_LeavesMemoryAsItIs(t *testing.T) {
	t.Parallel()

	numbers := make([]uint32, 3<<20)
	for i := range numbers {
		numbers[i] = uint32(i * 7)
	}
	want := slices.Clone(numbers)
	Collapse([][]byte{Bytes(numbers), Bytes[uint64](nil), Bytes(make([]byte, 10))})
	if !slices.Equal(numbers, want) {
		t.Error("the memory changed")
	}
}

func TestBytes_HasTheWholeCapacity(t *testing.T) {
	t.Parallel()

	if got := len(Bytes(make([]uint32, 3, 5))); got != 20 {
		t.Errorf("got %d bytes, want 20", got)
	}
}
