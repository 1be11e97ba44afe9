package table

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
)

// memoryComplaints is the part of [Memory] that complaints and ideas are in.
type memoryComplaints struct {
	complaints map[aid.ComplaintID]aid.Complaint
	filings    map[aid.ComplaintID]string // fingerprints
	caseMoves  map[key]caseMoveItem
	writings   map[key]string // fingerprints
	tickets    map[string]aid.ComplaintID
	secrets    map[aid.ComplaintID][]byte
	words      map[key]string
	reporters  map[aid.ComplaintID]string
	sendings   map[aid.IdeaID]sendingItem
	ideas      map[aid.IdeaID]aid.IdeaWords
}

func newMemoryComplaints() memoryComplaints {
	return memoryComplaints{
		complaints: map[aid.ComplaintID]aid.Complaint{},
		filings:    map[aid.ComplaintID]string{},
		caseMoves:  map[key]caseMoveItem{},
		writings:   map[key]string{},
		tickets:    map[string]aid.ComplaintID{},
		secrets:    map[aid.ComplaintID][]byte{},
		words:      map[key]string{},
		reporters:  map[aid.ComplaintID]string{},
		sendings:   map[aid.IdeaID]sendingItem{},
		ideas:      map[aid.IdeaID]aid.IdeaWords{},
	}
}

// FileComplaint does as [Table.FileComplaint].
func (m *Memory) FileComplaint(_ context.Context, f Filing) (aid.Complaint, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := f.Complaint
	if stored, repeated, err := m.filed(c.ID, f.Fingerprint); repeated || err != nil {
		return stored, repeated, err
	}
	if _, taken := m.tickets[c.ID.Ticket()]; taken {
		return aid.Complaint{}, false, fmt.Errorf("file complaint %s: %w", c.ID, aid.ErrExists)
	}
	if _, used := m.challenges[f.ChallengeID]; used {
		return aid.Complaint{}, false, fmt.Errorf("file complaint %s: %w", c.ID, aid.ErrChallenge)
	}
	m.challenges[f.ChallengeID] = aid.CommitmentID(c.ID)
	m.filings[c.ID], m.tickets[c.ID.Ticket()] = f.Fingerprint, c.ID
	m.complaints[c.ID] = complaintItemOf(c).complaint()
	m.secrets[c.ID] = slices.Clone(f.SecretHash)
	m.words[reportTextKey(c.ID, aid.MessageID(c.ID))] = f.Words.Text
	if f.Words.Email != "" {
		m.reporters[c.ID] = f.Words.Email
	}
	m.postComplaint(c, aid.LetterOfficeComplaint)
	return m.copyComplaint(c.ID), false, nil
}

func (m *Memory) postComplaint(c aid.Complaint, kind aid.LetterKind) {
	m.letters[ComplaintLetterKey(c.ID, c.Version, kind)] = complaintLetterItemOf(c, kind).letter()
}

// copyComplaint returns a complaint that shares nothing with what is stored.
func (m *Memory) copyComplaint(id aid.ComplaintID) aid.Complaint {
	return complaintItemOf(m.complaints[id]).complaint()
}

// Filed does as [Table.Filed].
func (m *Memory) Filed(_ context.Context, id aid.ComplaintID, fingerprint string) (aid.Complaint, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.filed(id, fingerprint)
}

func (m *Memory) filed(id aid.ComplaintID, fingerprint string) (aid.Complaint, bool, error) {
	switch known, ok := m.filings[id]; {
	case !ok:
		return aid.Complaint{}, false, nil
	case known != fingerprint:
		return aid.Complaint{}, false, fmt.Errorf("complaint %s: %w", id, aid.ErrExists)
	}
	return m.copyComplaint(id), true, nil
}

// Complaint does as [Table.Complaint].
func (m *Memory) Complaint(_ context.Context, id aid.ComplaintID) (aid.Complaint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.complaints[id]; !ok {
		return aid.Complaint{}, fmt.Errorf("complaint %s: %w", id, aid.ErrNotFound)
	}
	return m.copyComplaint(id), nil
}

// ComplaintMonths does as [Ledger.ComplaintMonths].
func (m *Memory) ComplaintMonths(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	months := map[string]bool{}
	for _, c := range m.complaints {
		months[monthOf(c.ReceivedAt)] = true
	}
	return append([]string{}, slices.Sorted(maps.Keys(months))...), nil
}

// ComplaintsOf does as [Ledger.ComplaintsOf].
func (m *Memory) ComplaintsOf(_ context.Context, month string) ([]aid.Complaint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []aid.Complaint{}
	for _, id := range sortedKeys(m.complaints) {
		if monthOf(m.complaints[id].ReceivedAt) == month {
			all = append(all, m.copyComplaint(id))
		}
	}
	return all, nil
}

// MoveComplaint does as [Table.MoveComplaint].
func (m *Memory) MoveComplaint(ctx context.Context, before, after aid.Complaint, letters ...aid.LetterKind) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkComplaintMove(before, after, 0)
	if err == nil {
		err = m.change(ctx, func() error { return m.moveComplaint(before, after, letters) })
	}
	if err != nil {
		return fmt.Errorf("move complaint %s: %w", before.ID, err)
	}
	return nil
}

// TakeComplaint does as [Table.TakeComplaint].
func (m *Memory) TakeComplaint(ctx context.Context, before, after aid.Complaint, desk Desk, to aid.OfficerID, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkComplaintMove(before, after, 0)
	if err == nil {
		err = m.change(ctx, func() error {
			object := ComplaintObject(before.ID)
			if _, err := m.desks[object].assigned(desk, to, name, after.AssignedAt); err != nil {
				return err
			}
			if err := m.moveComplaint(before, after, nil); err != nil {
				return err
			}
			return m.assign(object, desk, to, name, after.AssignedAt)
		})
	}
	if err != nil {
		return fmt.Errorf("take complaint %s: %w", before.ID, err)
	}
	return nil
}

func (m *Memory) moveComplaint(before, after aid.Complaint, letters []aid.LetterKind) error {
	made, k := caseMoveItemOf(after), caseMoveKey(after.ID, after.Version)
	if other, ok := m.caseMoves[k]; ok {
		if other.same(made) {
			return errRepeated
		}
		return aid.ErrStale
	}
	if err := m.replaceComplaint(before, after, letters); err != nil {
		return err
	}
	m.caseMoves[k] = made
	if before.ForgottenAt.IsZero() && !after.ForgottenAt.IsZero() {
		delete(m.secrets, after.ID)
		delete(m.reporters, after.ID)
		for _, k := range privateKeys(after) {
			delete(m.words, k)
		}
	}
	return nil
}

func (m *Memory) replaceComplaint(before, after aid.Complaint, letters []aid.LetterKind) error {
	switch stored, ok := m.complaints[before.ID]; {
	case !ok:
		return aid.ErrNotFound
	case stored.Version != before.Version:
		return aid.ErrStale
	}
	m.complaints[after.ID] = complaintItemOf(after).complaint()
	for _, kind := range letters {
		m.postComplaint(after, kind)
	}
	return nil
}

// WriteMessage does as [Table.WriteMessage].
func (m *Memory) WriteMessage(ctx context.Context, before, after aid.Complaint, words, fingerprint string, letters ...aid.LetterKind) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkComplaintMove(before, after, 1)
	if err == nil {
		err = m.change(ctx, func() error { return m.writeMessage(before, after, words, fingerprint, letters) })
	}
	if err != nil {
		return fmt.Errorf("write to complaint %s: %w", before.ID, err)
	}
	return nil
}

func (m *Memory) writeMessage(before, after aid.Complaint, words, fingerprint string, letters []aid.LetterKind) error {
	said := after.Messages[len(after.Messages)-1]
	k := writingKey(after.ID, said.ID)
	if known, ok := m.writings[k]; ok {
		if known == fingerprint {
			return errRepeated
		}
		return aid.ErrExists
	}
	if err := m.replaceComplaint(before, after, letters); err != nil {
		return err
	}
	m.writings[k] = fingerprint
	m.words[messageKey(after.ID, said)] = words
	return nil
}

// Wrote does as [Table.Wrote].
func (m *Memory) Wrote(_ context.Context, c aid.ComplaintID, id aid.MessageID, fingerprint string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.writings[writingKey(c, id)]
	if ok && known != fingerprint {
		return false, fmt.Errorf("message %s of complaint %s: %w", id, c, aid.ErrExists)
	}
	return ok, nil
}

// ComplaintSecret does as [Table.ComplaintSecret].
func (m *Memory) ComplaintSecret(_ context.Context, id aid.ComplaintID) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	hash, ok := m.secrets[id]
	if !ok {
		return nil, fmt.Errorf("secret of complaint %s: %w", id, aid.ErrNotFound)
	}
	return slices.Clone(hash), nil
}

// Replies does as [Table.Replies].
func (m *Memory) Replies(_ context.Context, id aid.ComplaintID) (map[aid.MessageID]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said(id, aid.Officer), nil
}

// Reports does as [Table.Reports].
func (m *Memory) Reports(_ context.Context, id aid.ComplaintID) (map[aid.MessageID]string, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said(id, aid.Reporter), m.reporters[id], nil
}

func (m *Memory) said(id aid.ComplaintID, from aid.Role) map[aid.MessageID]string {
	all := map[aid.MessageID]string{}
	for _, said := range m.complaints[id].Messages {
		if text, ok := m.words[messageKey(id, said)]; ok && said.From == from {
			all[said.ID] = text
		}
	}
	return all
}

// EvidenceOfComplaint does as [Table.EvidenceOfComplaint].
func (m *Memory) EvidenceOfComplaint(_ context.Context, id aid.ComplaintID) ([]aid.Evidence, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.evidenceWhere(func(e aid.Evidence) bool { return e.Complaint == id }), nil
}

// FileIdea does as [Table.FileIdea].
func (m *Memory) FileIdea(_ context.Context, f IdeaFiling) (aid.Idea, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.sendings[f.Idea.ID]; ok {
		return known.repeat(f.Idea.ID, f.Fingerprint)
	}
	if _, used := m.challenges[f.ChallengeID]; used {
		return aid.Idea{}, false, fmt.Errorf("file idea %s: %w", f.Idea.ID, aid.ErrChallenge)
	}
	m.challenges[f.ChallengeID] = aid.CommitmentID(f.Idea.ID)
	m.sendings[f.Idea.ID], m.ideas[f.Idea.ID] = sendingItemOf(f), f.Words
	return ideaItemOf(f.Idea).idea(), false, nil
}

// FiledIdea does as [Table.FiledIdea].
func (m *Memory) FiledIdea(_ context.Context, id aid.IdeaID, fingerprint string) (aid.Idea, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.sendings[id]
	if !ok {
		return aid.Idea{}, false, nil
	}
	return known.repeat(id, fingerprint)
}

// dueComplaints lists the complaints for which time has come.
func (m *Memory) dueComplaints(instant time.Time) []Due {
	var due []Due
	for _, id := range sortedKeys(m.complaints) {
		if at := m.complaints[id].DueAt; !at.IsZero() && !at.After(instant) {
			due = append(due, Due{Complaint: id})
		}
	}
	return due
}

// Idea does as [Table.Idea].
func (m *Memory) Idea(_ context.Context, id aid.IdeaID) (aid.Idea, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sendings[id]
	if !ok {
		return aid.Idea{}, fmt.Errorf("read idea %s: %w", id, aid.ErrNotFound)
	}
	return s.Idea.idea(), nil
}

// IdeasOf does as [Table.IdeasOf].
func (m *Memory) IdeasOf(_ context.Context, month string) ([]aid.Idea, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []aid.Idea{}
	for _, id := range sortedKeys(m.sendings) {
		if i := m.sendings[id].Idea.idea(); monthOf(i.ReceivedAt) == month {
			all = append(all, i)
		}
	}
	return all, nil
}

// IdeaWords does as [Table.IdeaWords].
func (m *Memory) IdeaWords(_ context.Context, id aid.IdeaID) (aid.IdeaWords, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ideas[id], nil
}

// MoveIdea does as [Table.MoveIdea].
func (m *Memory) MoveIdea(ctx context.Context, before, after aid.Idea) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		there, ok := m.sendings[before.ID]
		switch {
		case !ok:
			return aid.ErrNotFound
		case there.Idea.State == after.State:
			return errRepeated
		case there.Idea.State != before.State:
			return aid.ErrStale
		}
		there.Idea = ideaItemOf(after)
		m.sendings[before.ID] = there
		return nil
	})
	if err != nil {
		return fmt.Errorf("move idea %s: %w", before.ID, err)
	}
	return nil
}
