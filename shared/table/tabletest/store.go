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
	Corrections(context.Context, aid.Leaf) ([]aid.Correction, error)
	RecordCorrection(context.Context, aid.Leaf, aid.Correction) error

	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Submitted(ctx context.Context, id aid.CommitmentID, fingerprint string) (stored aid.Commitment, repeated bool, err error)
	Submit(context.Context, table.Submission) (stored aid.Commitment, repeated bool, err error)
	Move(context.Context, table.Change) error
	History(context.Context, aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error)
	Find(ctx context.Context, number string) (aid.RecipientID, aid.CommitmentID, error)
	Locate(context.Context, aid.CommitmentID) (aid.RecipientID, error)
	DueBy(ctx context.Context, at time.Time, each func(table.Due) error) error

	AddEvidence(context.Context, aid.Evidence) error
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
	EvidenceOf(context.Context, aid.RecipientID, aid.CommitmentID) ([]aid.Evidence, error)
	JudgeEvidence(context.Context, aid.Evidence) error

	Access(context.Context, aid.RecipientID) (table.Access, error)
	Pause(ctx context.Context, r aid.RecipientID, paused bool) error
	ReplaceLink(ctx context.Context, r aid.RecipientID, version int) error
	ConfirmNeed(ctx context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error
	SetPlan(ctx context.Context, leaf aid.Leaf, r aid.RecipientID, p aid.Plan, at time.Time) error

	RecordLook(ctx context.Context, l table.Look, day aid.Day) error
	RecordStewardLook(ctx context.Context, l table.Look, day aid.Day) error
	LooksAtCollaborator(context.Context, aid.CommitmentID) ([]table.Look, error)
	LooksAtSteward(context.Context, aid.RecipientID) ([]table.Look, error)
	LooksOn(context.Context, aid.Day) ([]table.Look, error)
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
	UseChallenge(ctx context.Context, id string, expires time.Time) error
	Try(ctx context.Context, kind, id string, day aid.Day, limit int) (left int, err error)
	GiveBack(ctx context.Context, kind, id string, day aid.Day) error
	WantsReminders(context.Context, aid.CollaboratorID) (bool, error)
	SetReminders(ctx context.Context, c aid.CollaboratorID, wanted bool) error
	NoteOf(context.Context, aid.CommitmentID, aid.DeliveryID) (string, error)

	Key(context.Context) ([]byte, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	CountWrongCode(ctx context.Context, id aid.CommitmentID, limit int) (left int, err error)
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	Reveal(context.Context, table.RevealRequest) error

	Post(ctx context.Context, c aid.Commitment, kind aid.LetterKind, serial int64, at time.Time) error
	Letter(context.Context, table.LetterKey) (aid.Letter, error)
	MarkSent(ctx context.Context, k table.LetterKey, at time.Time) error

	Load(context.Context, []aid.Listing, *aid.Catalogue, time.Time) error

	FileComplaint(context.Context, table.Filing) (stored aid.Complaint, repeated bool, err error)
	Filed(ctx context.Context, id aid.ComplaintID, fingerprint string) (stored aid.Complaint, repeated bool, err error)
	Complaint(context.Context, aid.ComplaintID) (aid.Complaint, error)
	ComplaintMonths(context.Context) ([]string, error)
	ComplaintsOf(ctx context.Context, month string) ([]aid.Complaint, error)
	MoveComplaint(ctx context.Context, before, after aid.Complaint, letters ...aid.LetterKind) error
	TakeComplaint(ctx context.Context, before, after aid.Complaint, desk table.Desk, to aid.OfficerID, name string) error
	WriteMessage(ctx context.Context, before, after aid.Complaint, words, fingerprint string, letters ...aid.LetterKind) error
	Wrote(ctx context.Context, c aid.ComplaintID, m aid.MessageID, fingerprint string) (bool, error)
	ComplaintSecret(context.Context, aid.ComplaintID) ([]byte, error)
	Replies(context.Context, aid.ComplaintID) (map[aid.MessageID]string, error)
	Reports(context.Context, aid.ComplaintID) (texts map[aid.MessageID]string, email string, err error)
	EvidenceOfComplaint(context.Context, aid.ComplaintID) ([]aid.Evidence, error)
	FileIdea(context.Context, table.IdeaFiling) (stored aid.Idea, repeated bool, err error)
	FiledIdea(ctx context.Context, id aid.IdeaID, fingerprint string) (stored aid.Idea, repeated bool, err error)

	Staff
	Subscriptions
	Edits
	Amendable
	Imports
}

var (
	_ Store = (*table.Table)(nil)
	_ Store = (*table.Memory)(nil)
)

// mover is the part of a Store that moves commitments.
type mover interface {
	Move(context.Context, table.Change) error
}

// Pledge makes the move of a verification, with its letter.
func Pledge(ctx context.Context, s mover, before, after aid.Commitment, at time.Time) error {
	return s.Move(ctx, table.Change{Move: aid.Verify, Before: before, After: after, At: at, Letters: []aid.LetterKind{aid.LetterPledged}})
}

// Withdraw makes the move of a withdrawal. Whoever never proved their channel
// gets no second letter.
func Withdraw(ctx context.Context, s mover, before, after aid.Commitment, at time.Time) error {
	c := table.Change{Move: aid.Withdraw, Before: before, After: after, At: at}
	if before.State.Counts() {
		c.Letters = []aid.LetterKind{aid.LetterWithdrawn}
	}
	return s.Move(ctx, c)
}
