package tabletest

import (
	"context"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Store is everything that package table promises. [table.Table] and
// [table.Memory] are Stores.
type Store interface {
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	LeafOf(context.Context, aid.RecipientID) (aid.Leaf, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Correction(context.Context, aid.Leaf) (aid.Correction, bool, error)
	RecordCorrection(context.Context, aid.Leaf, aid.Correction) error

	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Submitted(ctx context.Context, id aid.CommitmentID, fingerprint string) (stored aid.Commitment, repeated bool, err error)
	Submit(context.Context, table.Submission) (stored aid.Commitment, repeated bool, err error)
	Pledge(ctx context.Context, before, after aid.Commitment, at time.Time) error
	Withdraw(ctx context.Context, before, after aid.Commitment, at time.Time) error

	Key(context.Context) ([]byte, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	CountWrongCode(ctx context.Context, id aid.CommitmentID, limit int) (left int, err error)
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	Reveal(context.Context, table.RevealRequest) error

	Letter(context.Context, table.LetterKey) (aid.Letter, error)
	MarkSent(ctx context.Context, k table.LetterKey, at time.Time) error

	Load(context.Context, []aid.Listing, *aid.Catalogue) error
}

var (
	_ Store = (*table.Table)(nil)
	_ Store = (*table.Memory)(nil)
)
