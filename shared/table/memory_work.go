package table

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// memoryWork is the part of [Memory] that queues, reviews and proposals are in.
type memoryWork struct {
	moderations map[aid.CommitmentID]Moderation
	hidden      map[aid.CommitmentID]aid.Hidden
	proposals   map[aid.ProposalID]aid.Proposal
	proposers   map[aid.ProposalID]aid.Proposer
	desks       map[string]Desk
	officeNotes map[string][]OfficeNote
	// waits are entries of the index by lane that no item of memory implies, such
	// as imports.
	waits map[key]waiting
}

func newMemoryWork() memoryWork {
	return memoryWork{
		moderations: map[aid.CommitmentID]Moderation{},
		hidden:      map[aid.CommitmentID]aid.Hidden{},
		proposals:   map[aid.ProposalID]aid.Proposal{},
		proposers:   map[aid.ProposalID]aid.Proposer{},
		desks:       map[string]Desk{},
		officeNotes: map[string][]OfficeNote{},
		waits:       map[key]waiting{},
	}
}

// index lists everything that stands in one lane, in its order.
func (m *Memory) index(work string) []indexed {
	var all []indexed
	add := func(pk, sk string, w waiting) {
		if w.Work == work {
			all = append(all, indexed{PK: pk, SK: sk, waiting: w})
		}
	}
	for _, commitments := range m.commitments {
		for _, c := range commitments {
			it := commitmentItemOf(c)
			add(it.PK, it.SK, it.waiting)
			if judged, ok := m.moderations[c.ID]; ok {
				it := moderationItemOf(c, judged)
				add(it.PK, it.SK, it.waiting)
			}
		}
	}
	for _, e := range m.evidence {
		it := evidenceItemOf(e)
		add(it.PK, it.SK, it.waiting)
	}
	for r, p := range m.places {
		for _, n := range p.Needs {
			it := needItemOf(n, m.leaves[r])
			add(it.PK, it.SK, it.waiting)
		}
	}
	for _, c := range m.complaints {
		it := complaintItemOf(c)
		add(it.PK, it.SK, it.waiting)
	}
	for _, s := range m.sendings {
		add(s.Idea.PK, s.Idea.SK, s.Idea.waiting)
	}
	for _, p := range m.proposals {
		it := proposalItemOf(p)
		add(it.PK, it.SK, it.waiting)
	}
	for k, w := range m.waits {
		add(k.PK, k.SK, w)
	}
	slices.SortFunc(all, func(a, b indexed) int {
		return cmp.Or(cmp.Compare(a.WorkAt, b.WorkAt), cmp.Compare(a.PK, b.PK), cmp.Compare(a.SK, b.SK))
	})
	return all
}

// between lists what of a lane waits for an instant between two.
func (m *Memory) between(lane aid.Lane, kota area.Code, from, to time.Time) []indexed {
	least, most := workBounds(from, to)
	return slices.DeleteFunc(m.index(workName(lane, kota)), func(e indexed) bool { return e.WorkAt < least || e.WorkAt > most })
}

// Work does as [Ledger.Work].
func (m *Memory) Work(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time, cursor string, limit int) ([]WorkItem, string, error) {
	return m.WorkOf(ctx, lane, kota, from, to, nil, cursor, limit)
}

// WorkOf does as [Ledger.WorkOf].
func (m *Memory) WorkOf(_ context.Context, lane aid.Lane, kota area.Code, from, to time.Time, theirs func(WorkItem) bool, cursor string, limit int) ([]WorkItem, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.between(lane, kota, from, to)
	if cursor != "" {
		after, err := openWork(cursor)
		if err != nil || after.Work != workName(lane, kota) {
			return nil, "", fmt.Errorf("cursor of work %s: %w", lane, aid.ErrNotFound)
		}
		all = slices.DeleteFunc(all, func(e indexed) bool {
			return cmp.Or(cmp.Compare(e.WorkAt, after.WorkAt), cmp.Compare(e.PK, after.PK), cmp.Compare(e.SK, after.SK)) <= 0
		})
	}
	items, last := []WorkItem{}, ""
	for _, e := range all {
		w, err := e.item()
		switch {
		case err != nil:
			return nil, "", err
		case len(items) == limit:
			return items, last, nil
		case theirs == nil || theirs(w):
			items, last = append(items, w), e.cursor()
		}
	}
	return items, "", nil
}

// WorkCounts does as [Ledger.WorkCounts].
func (m *Memory) WorkCounts(_ context.Context, lane aid.Lane, kota area.Code, from, to time.Time) (map[area.Code]int, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := map[area.Code]int{}
	for _, e := range m.between(lane, kota, from, to) {
		counts[e.area()]++
	}
	return counts, false, nil
}

// WorkFacts does as [Table.WorkFacts].
func (m *Memory) WorkFacts(_ context.Context, items []WorkItem) (WorkFacts, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := newWorkFacts()
	for _, w := range items {
		if c, ok := m.commitments[w.Recipient][w.Commitment]; ok {
			f.Commitments[c.ID] = copyCommitment(c)
		}
		switch w.Kind {
		case WorkEvidence:
			if e, ok := m.evidence[EvidenceRef{Recipient: w.Recipient, Commitment: w.Commitment, ID: aid.EvidenceID(w.ID)}]; ok {
				f.Evidence[e.ID] = e
			}
		case WorkModeration:
			if judged, ok := m.moderations[w.Commitment]; ok {
				f.Moderations[w.Commitment] = judged
			}
		case WorkNeed:
			for _, n := range copyPlace(m.places[w.Recipient]).Needs {
				if n.ID == aid.NeedID(w.ID) {
					f.Needs[n.ID] = n
				}
			}
		case WorkComplaint:
			if _, ok := m.complaints[aid.ComplaintID(w.ID)]; ok {
				f.Complaints[aid.ComplaintID(w.ID)] = m.copyComplaint(aid.ComplaintID(w.ID))
			}
		case WorkIdea:
			if s, ok := m.sendings[aid.IdeaID(w.ID)]; ok {
				f.Ideas[aid.IdeaID(w.ID)] = s.Idea.idea()
			}
		case WorkProposal:
			if p, ok := m.proposals[aid.ProposalID(w.ID)]; ok {
				f.Proposals[p.ID] = p
			}
		}
		if p, ok := m.places[w.Recipient]; ok {
			f.Recipients[w.Recipient] = copyPlace(p).Recipient
		}
	}
	return f, nil
}

// ReviewEvidence does as [Table.ReviewEvidence].
func (m *Memory) ReviewEvidence(ctx context.Context, before, after aid.Evidence, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkReview(before, after)
	if err == nil {
		err = m.change(ctx, func() error {
			there, ok := m.evidence[refOf(before)]
			switch {
			case !ok:
				return aid.ErrNotFound
			case there.ReviewVersion == after.ReviewVersion && there.Review == after.Review:
				return errRepeated
			case there.State != aid.EvidenceAccepted || there.ReviewVersion != before.ReviewVersion:
				return aid.ErrStale
			}
			place, found := m.placeOf(aid.Commitment{Recipient: after.Recipient, Leaf: after.Leaf})
			if !found {
				return fmt.Errorf("activity of %s in %s: %w", after.Recipient, after.Leaf, aid.ErrNotFound)
			}
			add(&place.Activity, aid.Standing{}, at)
			m.places[after.Recipient] = place
			m.evidence[refOf(after)] = evidenceItemOf(after).evidence()
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("review evidence %s: %w", before.ID, err)
	}
	return nil
}

// Moderation does as [Table.Moderation].
func (m *Memory) Moderation(_ context.Context, r aid.RecipientID, c aid.CommitmentID) (Moderation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	judged, ok := m.moderations[c]
	if !ok || judged.Recipient != r {
		return Moderation{}, fmt.Errorf("moderation of commitment %s: %w", c, aid.ErrNotFound)
	}
	return judged, nil
}

// Moderate does as [Table.Moderate].
func (m *Memory) Moderate(ctx context.Context, c aid.Commitment, before Moderation, decided time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		there, ok := m.moderations[c.ID]
		switch {
		case ok && there.Version == before.Version+1 && there.DecidedAt.IsZero() == decided.IsZero():
			return errRepeated
		case !ok || there.Version != before.Version:
			return aid.ErrStale
		}
		there.DecidedAt, there.Version = moment(millis(decided)), there.Version+1
		m.moderations[c.ID] = there
		return nil
	})
	if err != nil {
		return fmt.Errorf("moderate commitment %s: %w", c.ID, err)
	}
	return nil
}

// moveWork moves what of the queues moves along with a commitment.
func (m *Memory) moveWork(c Change) {
	id := c.After.ID
	switch {
	case c.Move == aid.Verify && c.After.Moderated():
		m.moderations[id] = Moderation{Recipient: c.After.Recipient, Commitment: id}
	case c.Move == aid.Hide || c.Move == aid.Show:
		m.hidden[id] = aside(m.hidden[id], c)
		judged := m.moderations[id]
		m.moderations[id] = Moderation{c.After.Recipient, id, moment(millis(c.At)), judged.Version + 1}
	case c.Move == aid.Correct:
		m.correct(c.After.Leaf, corrected(c).correction())
	case c.Before.ForgottenAt.IsZero() && !c.After.ForgottenAt.IsZero():
		delete(m.hidden, id)
	}
}

// Hidden does as [Table.Hidden].
func (m *Memory) Hidden(_ context.Context, c aid.CommitmentID) (aid.Hidden, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return hiddenItemOf(c, m.hidden[c]).hidden(), nil
}

// SamePhone does as [Table.SamePhone].
func (m *Memory) SamePhone(_ context.Context, c aid.Commitment, since time.Time) ([]PhoneUse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	uses := []PhoneUse{}
	phone := m.credentials[c.ID].Contact.Phone
	if phone == "" {
		return uses, nil
	}
	for _, id := range sortedKeys(m.credentials) {
		other := m.credentials[id]
		at := m.commitments[other.Recipient][id].PledgedAt
		if id != c.ID && other.Contact.Phone == phone && !at.IsZero() && !at.Before(since) {
			uses = append(uses, PhoneUse{id, other.Recipient, at})
		}
	}
	slices.SortStableFunc(uses, func(a, b PhoneUse) int { return a.At.Compare(b.At) })
	return uses, nil
}

// SamePicture does as [Table.SamePicture].
func (m *Memory) SamePicture(_ context.Context, sha256 string) ([]EvidenceRef, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	refs := []EvidenceRef{}
	for _, e := range m.evidenceWhere(func(e aid.Evidence) bool { return e.Commitment != "" && e.SHA256 == sha256 && sha256 != "" }) {
		refs = append(refs, refOf(e))
	}
	slices.SortFunc(refs, func(a, b EvidenceRef) int { return cmp.Compare(a.ID, b.ID) })
	return refs, nil
}

// Propose does as [Table.Propose].
func (m *Memory) Propose(ctx context.Context, p aid.Proposal, who aid.Proposer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.State != aid.ProposalOpen || p.Version != 1 || who.By == "" {
		return fmt.Errorf("propose %s: not a new proposal", p.ID)
	}
	err := m.change(ctx, func() error {
		if there, ok := m.proposals[p.ID]; ok {
			if proposalItemOf(there).same(proposalItemOf(p)) {
				return errRepeated
			}
			return aid.ErrExists
		}
		m.proposals[p.ID], m.proposers[p.ID] = proposalItemOf(p).proposal(), who
		return nil
	})
	if err != nil {
		return fmt.Errorf("propose %s: %w", p.ID, err)
	}
	return nil
}

// Proposal does as [Table.Proposal].
func (m *Memory) Proposal(_ context.Context, id aid.ProposalID) (aid.Proposal, aid.Proposer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.proposals[id]
	if !ok {
		return aid.Proposal{}, aid.Proposer{}, fmt.Errorf("read proposal %s: %w", id, aid.ErrNotFound)
	}
	return p, m.proposers[id], nil
}

// Proposals does as [Table.Proposals].
func (m *Memory) Proposals(_ context.Context, cursor string, limit int) ([]aid.Proposal, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	all := slices.AppendSeq([]aid.Proposal{}, maps.Values(m.proposals))
	all = slices.DeleteFunc(all, func(p aid.Proposal) bool { return before != "" && string(p.ID) >= before })
	slices.SortFunc(all, func(a, b aid.Proposal) int { return cmp.Compare(b.ID, a.ID) })
	if len(all) <= limit {
		return all, "", nil
	}
	all = all[:limit]
	return all, sealCursor(string(all[limit-1].ID)), nil
}

// DecideProposal does as [Table.DecideProposal].
func (m *Memory) DecideProposal(ctx context.Context, d ProposalDecision) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := checkDecision(d)
	if err == nil {
		err = m.change(ctx, func() error { return m.decide(d) })
	}
	if err != nil {
		return fmt.Errorf("decide proposal %s: %w", d.Before.ID, err)
	}
	return nil
}

func (m *Memory) decide(d ProposalDecision) error {
	there, ok := m.proposals[d.Before.ID]
	switch {
	case !ok:
		return aid.ErrNotFound
	case there.Version == d.After.Version && there.State == d.After.State:
		return errRepeated
	case there.Version != d.Before.Version:
		return aid.ErrStale
	}
	if d.Correction != nil {
		if _, taken := m.corrections[d.Leaf][millis(d.Correction.On)]; taken {
			return aid.ErrExists
		}
	}
	if d.Change != nil {
		if err := m.move(*d.Change); err != nil {
			return err
		}
	}
	if d.Correction != nil {
		m.correct(d.Leaf, correctionItemOf(d.Leaf, *d.Correction).correction())
	}
	m.proposals[d.After.ID], m.proposers[d.After.ID] = proposalItemOf(d.After).proposal(), d.Who
	return nil
}

// Desk does as [Table.Desk].
func (m *Memory) Desk(_ context.Context, object string) (Desk, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.desks[object], nil
}

// Desks does as [Table.Desks].
func (m *Memory) Desks(_ context.Context, objects []string) (map[string]Desk, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	desks := map[string]Desk{}
	for _, object := range objects {
		if d, ok := m.desks[object]; ok {
			desks[object] = d
		}
	}
	return desks, nil
}

// Assign does as [Table.Assign].
func (m *Memory) Assign(ctx context.Context, object string, before Desk, to aid.OfficerID, name string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(ctx, func() error { return m.assign(object, before, to, name, at) }); err != nil {
		return fmt.Errorf("assign %s: %w", object, err)
	}
	return nil
}

func (m *Memory) assign(object string, before Desk, to aid.OfficerID, name string, at time.Time) error {
	after, err := m.desks[object].assigned(before, to, name, at)
	if err != nil {
		return err
	}
	after.Version++
	m.desks[object] = deskItemOf(object, after).desk()
	return nil
}

// WriteNote does as [Table.WriteNote].
func (m *Memory) WriteNote(ctx context.Context, object string, n OfficeNote) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.change(ctx, func() error {
		n = officeNoteItemOf(object, n).note()
		if slices.ContainsFunc(m.officeNotes[object], func(o OfficeNote) bool { return o.ID == n.ID && o.At.Equal(n.At) }) {
			return errRepeated
		}
		m.officeNotes[object] = append(m.officeNotes[object], n)
		d := m.desks[object]
		d.Notes, d.Version = d.Notes+1, d.Version+1
		m.desks[object] = d
		return nil
	})
	if err != nil {
		return fmt.Errorf("write note on %s: %w", object, err)
	}
	return nil
}

// Notes does as [Table.Notes].
func (m *Memory) Notes(_ context.Context, object string) ([]OfficeNote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	notes := slices.Clone(m.officeNotes[object])
	slices.SortStableFunc(notes, func(a, b OfficeNote) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return append([]OfficeNote{}, notes...), nil
}
