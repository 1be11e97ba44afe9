package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/tally"
)

// What statistics are folded from cannot be public: it holds a fingerprint of
// each collaborator, and the same one in two places would say that the same
// person gave in both, which "Hamba Allah" did not want to be said. So it is
// kept in a store of its own, beside the newest acts with their names as they
// are shown, in files as immutable as the public ones, and the public tree names
// them: whoever publishes next goes on from exactly the sums that the tree
// stands for. A file that was lost costs time and nothing else, as all that
// stands in it follows from the facts.

// workings is what the recipients of one leaf add to one kelurahan.
type workings struct {
	Rules      int                         `json:"rules"`
	Recipients map[aid.RecipientID]history `json:"recipients"` // who ever had a commitment
	Giving     tally.Giving                `json:"giving"`     // of all, with what they need
}

// history is what the commitments to one recipient add up to.
type history struct {
	Rev    int64        `json:"rev"`  // of the activity they were read at
	Kind   aid.KindID   `json:"kind"` // of the recipient then
	Giving tally.Giving `json:"giving"`
}

// rules is raised when commitments are to be folded by other rules than before:
// workings of other rules are as good as lost.
const rules = 2

// unserved is how a file may be kept that nobody is shown.
const unserved = "no-store"

func note(stem string, v any) (File, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return File{}, fmt.Errorf("encode %s: %w", stem, err)
	}
	f := hashed(stem, ".json", jsonType, append(body, '\n'))
	f.CacheControl = unserved
	return f, nil
}

func (w workings) file(leaf aid.Leaf, kelurahan area.Code) (File, error) {
	return note("tallies/"+leaf.String()+"/"+string(kelurahan), w)
}

// shelf reads the immutable files of a store, and remembers what it read.
type shelf struct {
	store Store

	mu   sync.Mutex
	read map[string]any // by path, decoded
	size int            // of the files they were read from
}

// shelfSize bounds what is remembered, in bytes of the files. The areas and
// statistics of a province take less than 5 MB; the workings of 100,000
// commitments more than fits, and are then read again.
const shelfSize = 32 << 20

func newShelf(store Store) *shelf { return &shelf{store: store, read: map[string]any{}} }

// forget empties the shelf: files may have been lost since they were read.
func (s *shelf) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.read)
	s.size = 0
}

// keep remembers what stands in a file that is in the store.
func (s *shelf) keep(name string, v any, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.read[name]; !known {
		s.size += size
	}
	if s.size > shelfSize {
		clear(s.read)
		s.size = size
	}
	s.read[name] = v
}

// recall returns what stands in an immutable file of a store. One that is not
// there, or is not what its name says, wraps errBroken.
func recall[T any](ctx context.Context, s *shelf, name string) (T, error) {
	s.mu.Lock()
	v, ok := s.read[name].(T)
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	object, err := s.store.Get(ctx, name)
	if errors.Is(err, aid.ErrNotFound) || err == nil && !intact(name, object.Body) {
		return v, fmt.Errorf("read %s: %w", name, errBroken)
	}
	if err != nil {
		return v, fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(object.Body, &v); err != nil {
		return v, fmt.Errorf("read %s: %w", name, err)
	}
	s.keep(name, v, len(object.Body))
	return v, nil
}

// intact tells whether the bytes are those that hashed gave the name to.
func intact(name string, body []byte) bool {
	sum := sha256.Sum256(body)
	return strings.HasSuffix(strings.TrimSuffix(name, path.Ext(name)), "."+hex.EncodeToString(sum[:12]))
}

// settle makes sure that a file whose name is its hash is in a store, and tells
// whether it was written. That one is there already usually means that these
// bytes are; but S3 refuses also while another write of the same file is under
// way, and that one may fail; and somebody's hand may have spoiled it. So it is
// looked at.
func settle(ctx context.Context, store Store, f File) (written bool, err error) {
	condition := Absent
	for range attempts {
		err := store.Put(ctx, f, condition)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, aid.ErrStale) {
			return false, fmt.Errorf("publish %s: %w", f.Path, err)
		}
		old, err := store.Get(ctx, f.Path)
		switch {
		case errors.Is(err, aid.ErrNotFound):
			condition = Absent
		case err != nil:
			return false, fmt.Errorf("read %s: %w", f.Path, err)
		case bytes.Equal(old.Body, f.Body):
			return false, nil
		default:
			condition = Unchanged(old)
		}
	}
	return false, fmt.Errorf("publish %s: %w", f.Path, aid.ErrBusy)
}

// renew writes a file that is to expire once nothing names it any more, as it
// is, once a day, when it has its turn. What was once known of collaborators is
// not kept for ever: private files, and public ones with their names, are
// deleted a month after they were superseded. A file that expired all the same,
// because no sweep ran for so long, is made again from the facts.
func renew(ctx context.Context, store Store, name, lifetime string, now time.Time) error {
	if !hasTurn(name, now) {
		return nil
	}
	object, err := store.Get(ctx, name)
	if errors.Is(err, aid.ErrNotFound) || err == nil && !intact(name, object.Body) {
		return fmt.Errorf("renew %s: %w", name, errBroken)
	}
	if err != nil {
		return fmt.Errorf("renew %s: %w", name, err)
	}
	f := File{Path: name, ContentType: jsonType, CacheControl: lifetime, Body: object.Body}
	if err := store.Put(ctx, f, Unchanged(object)); err != nil && !errors.Is(err, aid.ErrStale) {
		return fmt.Errorf("renew %s: %w", name, err)
	}
	return nil
}
