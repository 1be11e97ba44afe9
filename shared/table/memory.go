package table

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"ksbb/shared/aid"
)

// Memory keeps the same facts as [Table] under the same promises, in memory:
// for the tests of those who use the store. The contract suite in tabletest
// runs on both.
type Memory struct {
	mu          sync.Mutex
	leaves      map[aid.RecipientID]aid.Leaf
	places      map[aid.RecipientID]aid.Place // needs ordered by ID
	commitments map[aid.RecipientID]map[aid.CommitmentID]aid.Commitment
	submissions map[aid.CommitmentID]submissionItem
	moves       map[aid.CommitmentID]map[int64]moveItem
	challenges  map[string]aid.CommitmentID
	letters     map[LetterKey]aid.Letter
	corrections map[aid.Leaf]map[int64]aid.Correction
	credentials map[aid.CommitmentID]aid.Credential
	stewards    map[aid.RecipientID]aid.Contact
	revealed    map[aid.CommitmentID]bool
	counts      map[key]int64
	numbers     map[string]aid.CommitmentID
	evidence    map[EvidenceRef]aid.Evidence
	notes       map[key]string
	access      map[aid.RecipientID]Access
	looks       map[string][]Look
	looksOn     map[aid.Day][]Look
	silent      map[aid.CollaboratorID]bool // wants no reminders
	key         []byte
	memoryComplaints
	memorySubscriptions
	memoryStaff
	memoryWork
	memoryCatalogue
	memoryEdits
	memoryImports
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		leaves:      map[aid.RecipientID]aid.Leaf{},
		places:      map[aid.RecipientID]aid.Place{},
		commitments: map[aid.RecipientID]map[aid.CommitmentID]aid.Commitment{},
		submissions: map[aid.CommitmentID]submissionItem{},
		moves:       map[aid.CommitmentID]map[int64]moveItem{},
		challenges:  map[string]aid.CommitmentID{},
		letters:     map[LetterKey]aid.Letter{},
		corrections: map[aid.Leaf]map[int64]aid.Correction{},
		credentials: map[aid.CommitmentID]aid.Credential{},
		stewards:    map[aid.RecipientID]aid.Contact{},
		revealed:    map[aid.CommitmentID]bool{},
		counts:      map[key]int64{},
		numbers:     map[string]aid.CommitmentID{},
		evidence:    map[EvidenceRef]aid.Evidence{},
		notes:       map[key]string{},
		access:      map[aid.RecipientID]Access{},
		looks:       map[string][]Look{},
		looksOn:     map[aid.Day][]Look{},
		silent:      map[aid.CollaboratorID]bool{},

		memoryComplaints:    newMemoryComplaints(),
		memorySubscriptions: newMemorySubscriptions(),
		memoryStaff:         newMemoryStaff(),
		memoryWork:          newMemoryWork(),
		memoryCatalogue:     newMemoryCatalogue(),
		memoryEdits:         newMemoryEdits(),
		memoryImports:       newMemoryImports(),
	}
}

// Leaf does as [Ledger.Leaf].
func (m *Memory) Leaf(_ context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	places := []aid.Place{}
	for _, id := range sortedKeys(m.leaves) {
		if m.leaves[id] == leaf {
			places = append(places, copyPlace(m.places[id]))
		}
	}
	return places, nil
}

// Place does as [Ledger.Place].
func (m *Memory) Place(_ context.Context, id aid.RecipientID) (aid.Place, aid.Leaf, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	leaf, ok := m.leaves[id]
	if !ok {
		return aid.Place{}, aid.Leaf{}, fmt.Errorf("recipient %s: %w", id, aid.ErrNotFound)
	}
	return copyPlace(m.places[id]), leaf, nil
}

// LeafOf does as [Ledger.LeafOf].
func (m *Memory) LeafOf(ctx context.Context, id aid.RecipientID) (aid.Leaf, error) {
	_, leaf, err := m.Place(ctx, id)
	return leaf, err
}

// Commitments does as [Ledger.Commitments].
func (m *Memory) Commitments(_ context.Context, r aid.RecipientID) ([]aid.Commitment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	commitments := []aid.Commitment{}
	for _, id := range sortedKeys(m.commitments[r]) {
		commitments = append(commitments, copyCommitment(m.commitments[r][id]))
	}
	return commitments, nil
}

// Correction does as [Ledger.Correction].
func (m *Memory) Correction(_ context.Context, leaf aid.Leaf) (aid.Correction, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.corrections[leaf]
	if len(all) == 0 {
		return aid.Correction{}, false, nil
	}
	return all[slices.Max(slices.Collect(maps.Keys(all)))], true, nil
}

// Corrections does as [Ledger.Corrections].
func (m *Memory) Corrections(_ context.Context, leaf aid.Leaf) ([]aid.Correction, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	corrections := []aid.Correction{}
	for _, at := range slices.Sorted(maps.Keys(m.corrections[leaf])) {
		corrections = append(corrections, m.corrections[leaf][at])
	}
	return corrections, nil
}

// RecordCorrection does as [Table.RecordCorrection].
func (m *Memory) RecordCorrection(ctx context.Context, leaf aid.Leaf, c aid.Correction) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c = correctionItemOf(leaf, c).correction()
	err := m.change(ctx, func() error {
		switch old, ok := m.corrections[leaf][millis(c.On)]; {
		case ok && old != c:
			return aid.ErrExists
		case ok:
			return errRepeated
		}
		m.correct(leaf, c)
		return nil
	})
	if err != nil {
		return fmt.Errorf("record correction of leaf %s: %w", leaf, err)
	}
	return nil
}

// correct keeps a correction.
func (m *Memory) correct(leaf aid.Leaf, c aid.Correction) {
	if m.corrections[leaf] == nil {
		m.corrections[leaf] = map[int64]aid.Correction{}
	}
	m.corrections[leaf][millis(c.On)] = c
}

// Commitment does as [Table.Commitment].
func (m *Memory) Commitment(_ context.Context, r aid.RecipientID, id aid.CommitmentID) (aid.Commitment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.commitments[r][id]
	if !ok {
		return aid.Commitment{}, fmt.Errorf("commitment %s: %w", id, aid.ErrNotFound)
	}
	return copyCommitment(c), nil
}

// Key does as [Table.Key].
func (m *Memory) Key(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.key == nil {
		m.key = make([]byte, keyBytes)
		rand.Read(m.key)
	}
	return slices.Clone(m.key), nil
}

// Submitted does as [Table.Submitted].
func (m *Memory) Submitted(_ context.Context, id aid.CommitmentID, fingerprint string) (aid.Commitment, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.submitted(id, fingerprint)
}

func (m *Memory) submitted(id aid.CommitmentID, fingerprint string) (aid.Commitment, bool, error) {
	request, ok := m.submissions[id]
	switch {
	case !ok:
		return aid.Commitment{}, false, nil
	case request.Fingerprint != fingerprint:
		return aid.Commitment{}, false, fmt.Errorf("commitment %s: %w", id, aid.ErrExists)
	}
	return copyCommitment(m.commitments[aid.RecipientID(request.Recipient)][id]), true, nil
}

// Submit does as [Table.Submit].
func (m *Memory) Submit(_ context.Context, s Submission) (aid.Commitment, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := s.Commitment
	if s.Credential.Commitment != c.ID || s.Credential.Recipient != c.Recipient {
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: credential of %s at %s", c.ID, s.Credential.Commitment, s.Credential.Recipient)
	}
	if _, err := aid.ParseLeaf(c.Leaf.String()); err != nil {
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: %w", c.ID, err)
	}
	if stored, repeated, err := m.submitted(c.ID, s.Fingerprint); repeated || err != nil {
		return stored, repeated, err
	}
	if _, taken := m.commitments[c.Recipient][c.ID]; taken {
		return aid.Commitment{}, false, fmt.Errorf("commitment %s: %w", c.ID, aid.ErrExists)
	}
	if _, taken := m.numbers[c.ID.Number()]; taken {
		return aid.Commitment{}, false, fmt.Errorf("commitment %s: %w", c.ID, aid.ErrExists)
	}
	if _, used := m.challenges[s.ChallengeID]; used {
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: %w", c.ID, aid.ErrChallenge)
	}
	m.submissions[c.ID] = submissionItemOf(s)
	m.challenges[s.ChallengeID] = c.ID
	m.credentials[c.ID] = credentialItemOf(s.Credential).credential()
	m.store(c)
	m.numbers[c.ID.Number()] = c.ID
	m.post(c, aid.LetterCode, c.Version, c.SubmittedAt)
	return copyCommitment(c), false, nil
}

func (m *Memory) store(c aid.Commitment) {
	if m.commitments[c.Recipient] == nil {
		m.commitments[c.Recipient] = map[aid.CommitmentID]aid.Commitment{}
	}
	m.commitments[c.Recipient][c.ID] = copyCommitment(c)
}

func (m *Memory) post(c aid.Commitment, kind aid.LetterKind, serial int64, instant time.Time) {
	m.letters[LetterKeyOf(c.ID, serial, kind)] = letterItemOf(c, kind, serial, instant).letter()
}

// Credential does as [Table.Credential].
func (m *Memory) Credential(_ context.Context, id aid.CommitmentID) (aid.Credential, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.credentials[id]
	if !ok {
		return aid.Credential{}, fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound)
	}
	return credentialItemOf(c).credential(), nil
}

// CountWrongCode does as [Table.CountWrongCode].
func (m *Memory) CountWrongCode(_ context.Context, id aid.CommitmentID, limit int) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.credentials[id]
	if !ok {
		return 0, fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound)
	}
	if c.WrongCodes >= limit {
		return 0, nil
	}
	c.WrongCodes++
	m.credentials[id] = c
	return limit - c.WrongCodes, nil
}

// Move does as [Table.Move].
func (m *Memory) Move(ctx context.Context, c Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(ctx, func() error { return m.move(c) }); err != nil {
		return fmt.Errorf("%s commitment %s: %w", c.Move, c.Before.ID, err)
	}
	return nil
}

func (m *Memory) move(c Change) error {
	if err := checkMove(c); err != nil {
		return err
	}
	id, made := c.After.ID, moveItemOf(c)
	if other, ok := m.moves[id][c.After.Version]; ok {
		if other.same(made) {
			return errRepeated
		}
		return aid.ErrStale
	}
	stored, ok := m.commitments[c.Before.Recipient][id]
	if !ok {
		return aid.ErrNotFound
	}
	if stored.State != c.Before.State || stored.Version != c.Before.Version {
		return aid.ErrStale
	}
	moved := c.After.Standing().Minus(c.Before.Standing())
	place, found := m.placeOf(c.After)
	for _, need := range sortedKeys(moved.Needs) {
		n := moved.Needs[need]
		i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.ID == need })
		if i < 0 {
			return &aid.OverRemainingError{Need: need}
		}
		line := &place.Needs[i]
		if line.Remaining() < n.Sum() {
			return &aid.OverRemainingError{Need: need, Remaining: line.Remaining()}
		}
		line.Committed += n.Committed
		line.Delivered += n.Delivered
		line.Received += n.Received
		if !line.Holds() {
			return fmt.Errorf("need %s cannot give %+v", need, n)
		}
	}
	pool, pooled, err := m.drawn(c.After, returned(c.Before, c.After))
	if err != nil {
		return err
	}
	if public(c) {
		if !found {
			return fmt.Errorf("activity of %s in %s: %w", c.After.Recipient, c.After.Leaf, aid.ErrNotFound)
		}
		add(&place.Activity, moved, c.At)
	}
	if err := m.movePrivate(c); err != nil {
		return err
	}
	if public(c) {
		m.places[c.After.Recipient] = place
	}
	if pooled {
		m.pools[pool.ID] = pool
	}
	m.store(c.After)
	m.moveWork(c)
	if m.moves[id] == nil {
		m.moves[id] = map[int64]moveItem{}
	}
	m.moves[id][c.After.Version] = made
	for _, kind := range c.Letters {
		m.post(c.After, kind, c.After.Version, c.At)
	}
	return nil
}

// movePrivate moves what of the private side moves along.
func (m *Memory) movePrivate(c Change) error {
	id := c.After.ID
	credential, ok := m.credentials[id]
	switch {
	case c.Move == aid.Verify || c.Move == aid.Sign:
		if !ok {
			return fmt.Errorf("credential of commitment %s: %w", id, aid.ErrNotFound)
		}
		if c.Move == aid.Verify {
			credential.VerifiedAt = moment(millis(c.At))
		} else {
			credential.Statement = aid.Statement{SignedBy: c.SignedBy, At: moment(millis(c.At))}
		}
		m.credentials[id] = credential
	case c.Note.Text != "":
		m.notes[noteKey(id, c.Note.Delivery)] = c.Note.Text
	case c.Before.ForgottenAt.IsZero() && !c.After.ForgottenAt.IsZero():
		delete(m.credentials, id)
		delete(m.revealed, id)
		for _, d := range c.After.Deliveries {
			delete(m.notes, noteKey(id, d.ID))
		}
	}
	return nil
}

// placeOf returns a copy of the place that a commitment belongs to, empty when
// it is not in the commitment's leaf.
func (m *Memory) placeOf(c aid.Commitment) (aid.Place, bool) {
	if leaf, ok := m.leaves[c.Recipient]; !ok || leaf != c.Leaf {
		return aid.Place{}, false
	}
	return copyPlace(m.places[c.Recipient]), true
}

// add moves an activity.
func add(a *aid.Activity, moved aid.Standing, at time.Time) {
	a.Rev++
	a.Open += moved.Open
	a.Pledged += moved.Pledged
	a.Lapsed += moved.Lapsed
	a.FreeCommitted += aid.Rupiah(moved.Free.Committed)
	a.FreeDelivered += aid.Rupiah(moved.Free.Delivered)
	a.FreeReceived += aid.Rupiah(moved.Free.Received)
	for hour, n := range moved.Hours {
		a.Hours[hour] += n
	}
	a.UpdatedAt = moment(millis(at))
}

func needIndex(p aid.Place, id aid.PackageID) int {
	return slices.IndexFunc(p.Needs, func(n aid.Need) bool { return n.Package == id })
}

// Reveal does as [Table.Reveal].
func (m *Memory) Reveal(_ context.Context, r RevealRequest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := aid.ParseDay(string(r.Day)); err != nil {
		return fmt.Errorf("reveal steward of %s for commitment %s: %w", r.Recipient, r.Commitment, err)
	}
	if m.revealed[r.Commitment] {
		return nil
	}
	var before []int64
	for i := 1; i <= regionDays; i++ {
		before = append(before, m.counts[budgetKey(regionCount(r.Day.Plus(-i), 0))])
	}
	charged := budgets(r, regionLimit(before, r.Limits))
	for _, b := range charged {
		if m.counts[budgetKey(b)] >= int64(b.limit) {
			return fmt.Errorf("reveal steward of %s for commitment %s: %w", r.Recipient, r.Commitment, &aid.QuotaError{Budget: b.kind})
		}
	}
	for _, b := range charged {
		m.counts[budgetKey(b)]++
	}
	m.revealed[r.Commitment] = true
	look := Look{At: moment(millis(r.At)), By: aid.Collaborator, Of: aid.Steward, Commitment: r.Commitment, Recipient: r.Recipient}
	m.looksOn[r.Day] = append(m.looksOn[r.Day], look)
	look.Collaborator = r.Collaborator
	m.looks["SEEN#"+string(r.Recipient)] = append(m.looks["SEEN#"+string(r.Recipient)], look)
	return nil
}

// Steward does as [Table.Steward].
func (m *Memory) Steward(_ context.Context, r aid.RecipientID) (aid.Contact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.stewards[r]
	if !ok {
		return aid.Contact{}, fmt.Errorf("steward of %s: %w", r, aid.ErrNotFound)
	}
	return c, nil
}

// Letter does as [Table.Letter].
func (m *Memory) Letter(_ context.Context, k LetterKey) (aid.Letter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.letters[k]
	if !ok {
		return aid.Letter{}, fmt.Errorf("letter %s %s: %w", k.PK, k.SK, aid.ErrNotFound)
	}
	return l, nil
}

// MarkSent does as [Table.MarkSent].
func (m *Memory) MarkSent(_ context.Context, k LetterKey, instant time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.letters[k]
	if !ok {
		return fmt.Errorf("letter %s %s: %w", k.PK, k.SK, aid.ErrNotFound)
	}
	if l.SentAt.IsZero() {
		l.SentAt = moment(millis(instant))
		m.letters[k] = l
	}
	return nil
}

// Outbox lists the keys of all letters, the oldest first. The table has no such
// list: there the stream tells of each letter.
func (m *Memory) Outbox() []LetterKey {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Keys(m.letters), func(a, b LetterKey) int {
		return cmp.Or(m.letters[a].At.Compare(m.letters[b].At), cmp.Compare(a.PK, b.PK), cmp.Compare(a.SK, b.SK))
	})
}

// Load does as [Table.Load].
func (m *Memory) Load(_ context.Context, listings []aid.Listing, catalogue *aid.Catalogue, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	entries, err := entriesOf(listings, catalogue)
	if err != nil {
		return fmt.Errorf("load recipients: %w", err)
	}
	for _, e := range entries {
		if leaf, known := m.leaves[e.Recipient.ID]; known && leaf != e.leaf {
			return fmt.Errorf("load recipient %s of leaf %s into %s: %w", e.Recipient.ID, leaf, e.leaf, aid.ErrExists)
		}
	}
	for _, e := range entries {
		m.load(e, now)
	}
	return nil
}

func (m *Memory) load(e entry, now time.Time) {
	id := e.Recipient.ID
	if _, known := m.leaves[id]; !known {
		m.stewards[id] = e.Steward
		m.leaves[id] = e.leaf
		m.places[id] = copyPlace(aid.Place{Recipient: e.Recipient, Needs: e.Needs, Activity: e.Activity})
		for _, c := range e.History {
			m.store(c)
			m.numbers[c.ID.Number()] = c.ID
			if c.State == aid.Pledged && c.Moderated() {
				m.moderations[c.ID] = Moderation{Recipient: c.Recipient, Commitment: c.ID}
			}
		}
		return
	}
	place := copyPlace(m.places[id])
	if e.Recipient.Edits == place.Recipient.Edits {
		place.Recipient, m.stewards[id] = e.Recipient, e.Steward
	}
	for _, n := range e.Needs {
		if i := needIndex(place, n.Package); i >= 0 {
			place.Needs[i] = merged(place.Needs[i], n, now)
			continue
		}
		place.Needs = append(place.Needs, added(n, now))
	}
	m.places[id] = copyPlace(place)
}

// copyPlace returns what the table would give back for p: its own copy, times
// to the millisecond, needs ordered by ID.
func copyPlace(p aid.Place) aid.Place {
	needs := make([]aid.Need, len(p.Needs))
	for i, n := range p.Needs {
		needs[i] = needItemOf(n, aid.Leaf{}).need(n.Recipient)
	}
	slices.SortFunc(needs, func(a, b aid.Need) int { return cmp.Compare(a.ID, b.ID) })
	return aid.Place{
		Recipient: recipientItemOf(p.Recipient, aid.Leaf{}).recipient(p.Recipient.ID),
		Needs:     needs,
		Activity:  activityItemOf(p.Recipient.ID, p.Activity, aid.Leaf{}).activity(),
	}
}

// copyCommitment returns what the table would give back for c.
func copyCommitment(c aid.Commitment) aid.Commitment { return commitmentItemOf(c).in(c.Leaf) }

// History does as [Ledger.History].
func (m *Memory) History(ctx context.Context, r aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	commitments, err := m.Commitments(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return commitments, m.evidenceWhere(func(e aid.Evidence) bool { return e.Recipient == r && e.Commitment != "" }), nil
}

// Find does as [Table.Find].
func (m *Memory) Find(_ context.Context, number string) (aid.RecipientID, aid.CommitmentID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, ok := m.numbers[number]
	if !ok {
		return "", "", fmt.Errorf("commitment %s: %w", number, aid.ErrNotFound)
	}
	for r, all := range m.commitments {
		if _, here := all[id]; here {
			return r, id, nil
		}
	}
	return aid.RecipientID(m.submissions[id].Recipient), id, nil
}

// Locate does as [Table.Locate].
func (m *Memory) Locate(ctx context.Context, id aid.CommitmentID) (aid.RecipientID, error) {
	r, _, err := m.Find(ctx, id.Number())
	return r, err
}

// Post does as [Table.Post].
func (m *Memory) Post(_ context.Context, c aid.Commitment, kind aid.LetterKind, serial int64, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.letters[LetterKeyOf(c.ID, serial, kind)]; !there {
		m.post(c, kind, serial, at)
	}
	return nil
}

// DueBy does as [Table.DueBy].
func (m *Memory) DueBy(_ context.Context, instant time.Time, each func(Due) error) error {
	m.mu.Lock()
	var due []Due
	for _, r := range sortedKeys(m.commitments) {
		for _, id := range sortedKeys(m.commitments[r]) {
			if at := m.commitments[r][id].DueAt; !at.IsZero() && !at.After(instant) {
				due = append(due, Due{Recipient: r, Commitment: id})
			}
		}
	}
	due = append(due, m.dueComplaints(instant)...)
	m.mu.Unlock() // each moves what it is called with
	for _, d := range due {
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

// Spend does as [Table.Spend].
func (m *Memory) Spend(_ context.Context, kind, id string, day aid.Day, limit int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := budgetKey(budget{kind: kind, id: id, day: day})
	if m.counts[k] >= int64(limit) {
		return fmt.Errorf("spend %s on %s: %w", kind, day, &aid.QuotaError{Budget: kind})
	}
	m.counts[k]++
	return nil
}

// UseChallenge does as [Table.UseChallenge].
func (m *Memory) UseChallenge(_ context.Context, id string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, used := m.challenges[id]; used {
		return fmt.Errorf("use challenge: %w", aid.ErrChallenge)
	}
	m.challenges[id] = ""
	return nil
}

// Try does as [Table.Try].
func (m *Memory) Try(_ context.Context, kind, id string, day aid.Day, limit int) (int, error) {
	if _, err := aid.ParseDay(string(day)); err != nil {
		return 0, fmt.Errorf("try %s on %s: %w", kind, day, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := budgetKey(budget{kind: kind, id: id, day: day})
	if m.counts[k] >= int64(limit) {
		return 0, fmt.Errorf("try %s on %s: %w", kind, day, &aid.QuotaError{Budget: kind})
	}
	m.counts[k]++
	return limit - int(m.counts[k]), nil
}

// GiveBack does as [Table.GiveBack].
func (m *Memory) GiveBack(_ context.Context, kind, id string, day aid.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := budgetKey(budget{kind: kind, id: id, day: day})
	m.counts[k] = max(0, m.counts[k]-1)
	return nil
}

// WantsReminders does as [Table.WantsReminders].
func (m *Memory) WantsReminders(_ context.Context, c aid.CollaboratorID) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.silent[c], nil
}

// SetReminders does as [Table.SetReminders].
func (m *Memory) SetReminders(_ context.Context, c aid.CollaboratorID, wanted bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent[c] = !wanted
	return nil
}

// NoteOf does as [Table.NoteOf].
func (m *Memory) NoteOf(_ context.Context, c aid.CommitmentID, d aid.DeliveryID) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notes[noteKey(c, d)], nil
}
