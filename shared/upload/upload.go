// Package upload gives somebody leave to bring a file: exactly the one that they
// announced, and no more of them than there is room for. It does not know who may
// bring what, nor whether the file is any good.
package upload

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
)

// Announced returns the file among those that are known which is announced again,
// and false when it is a new one. A file that was checked is not announced again:
// who sends it once more brings another one.
func Announced(known []aid.Evidence, e aid.Evidence) (aid.Evidence, bool) {
	i := slices.IndexFunc(known, func(k aid.Evidence) bool {
		return k.State == aid.EvidenceAwaited && k.Kind == e.Kind && k.Type == e.Type && k.Length == e.Length && k.SHA256 == e.SHA256 && k.ByStaff == e.ByStaff
	})
	if i < 0 {
		return e, false
	}
	return known[i], true
}

// NewID makes an id of what fills its argument with what nobody can guess.
func NewID(random func([]byte)) aid.EvidenceID {
	var id [16]byte
	random(id[:])
	return aid.EvidenceID(hex.EncodeToString(id[:]))
}

// Room is how many files of a kind there may be of one thing.
type Room struct {
	Kind string // names the count
	Most int
}

// The rooms. Whoever brings something for a commitment shares its room.
var (
	OfCommitment = Room{"evidence", aid.MaxEvidenceFiles}
	OfComplaint  = Room{"complaint-evidence", 10}
)

// spender counts what is used up in a day.
type spender interface {
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
}

// Take refuses, with *[aid.QuotaError], one file more than there may be of a
// thing that has so many.
func (r Room) Take(ctx context.Context, s spender, id string, known []aid.Evidence, day aid.Day) error {
	if len(known) >= r.Most {
		return &aid.QuotaError{Budget: "evidence"}
	}
	// Many at once all read the same list; this count they cannot pass together.
	return s.Spend(ctx, r.Kind, id, day, r.Most)
}

// Leave is leave to bring one file: a PUT to the address with exactly these
// headers.
type Leave struct {
	ID      aid.EvidenceID    `json:"id"`
	URL     string            `json:"url" doc:"Where to PUT the file"`
	Headers map[string]string `json:"headers" doc:"To be sent along as they are"`
	Expires time.Time         `json:"expires"`
}

// Answer is how an operation answers that somebody may bring a file.
type Answer struct{ Body Leave }

// signer makes addresses that take one file.
type signer interface {
	SignPut(ctx context.Context, key string, u blob.Upload) (blob.Signed, error)
}

// Sign answers leave to bring a file that was announced.
func Sign(ctx context.Context, s signer, e aid.Evidence) (*Answer, error) {
	signed, err := s.SignPut(ctx, e.Path(), blob.Upload{Type: e.Type, Length: e.Length, SHA256: e.SHA256})
	if err != nil {
		return nil, err
	}
	return &Answer{Leave{ID: e.ID, URL: signed.URL, Headers: signed.Headers, Expires: signed.Expires}}, nil
}
