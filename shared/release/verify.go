package release

import (
	"context"
	"encoding/json"
	"fmt"

	"ksbb/shared/publish"
)

// Reader reads the public tree, as anyone can.
type Reader interface {
	Get(ctx context.Context, path string) (publish.Object, error)
}

// Verify walks the public log from the manifest back to its first record and
// returns how many records there are. It returns an error for the first thing
// that is not as it must be: a file that does not match its hash, a head that
// does not follow from the records, a number that is missing, a day out of order.
// It needs nothing but the files. A tree without a log has no record.
func Verify(ctx context.Context, store Reader) (records int64, err error) {
	object, err := store.Get(ctx, publish.ManifestPath)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", publish.ManifestPath, err)
	}
	var m publish.Manifest
	if err := json.Unmarshal(object.Body, &m); err != nil {
		return 0, fmt.Errorf("read %s: %w", publish.ManifestPath, err)
	}
	if m.Log == nil {
		return 0, nil
	}
	for ref := *m.Log; ; {
		previous, n, err := verifyDay(ctx, store, ref)
		if err != nil {
			return 0, err
		}
		records += n
		if previous == nil {
			return records, nil
		}
		ref = *previous
	}
}

func verifyDay(ctx context.Context, store Reader, ref publish.LogRef) (*publish.LogRef, int64, error) {
	object, err := store.Get(ctx, ref.Path)
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", ref.Path, err)
	}
	var lines [][]byte
	var numbers []int64
	h, err := parseDay(ref, object.Body, func(line []byte, r Record) error {
		lines, numbers = append(lines, line), append(numbers, r.N)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	before := beginning
	if h.Previous != nil {
		before = *h.Previous
	}
	if h.Day != ref.Day || h.Previous != nil && before.Day >= ref.Day {
		return nil, 0, fmt.Errorf("%s: is of %s after %s; want %s", ref.Path, h.Day, before.Day, ref.Day)
	}
	head, err := headOf(before.Head)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", ref.Path, err)
	}
	for i, line := range lines {
		if want := before.Last + int64(i) + 1; numbers[i] != want {
			return nil, 0, fmt.Errorf("%s: record %d has number %d", ref.Path, want, numbers[i])
		}
		head = chained(head, line)
	}
	if got := headText(head); got != ref.Head {
		return nil, 0, fmt.Errorf("%s: head is %s; want %s", ref.Path, got, ref.Head)
	}
	if last := before.Last + int64(len(lines)); last != ref.Last {
		return nil, 0, fmt.Errorf("%s: ends with record %d; want %d", ref.Path, last, ref.Last)
	}
	return h.Previous, int64(len(lines)), nil
}
