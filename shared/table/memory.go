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
	key         []byte
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

// RecordCorrection does as [Table.RecordCorrection].
func (m *Memory) RecordCorrection(_ context.Context, leaf aid.Leaf, c aid.Correction) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c = correctionItemOf(leaf, c).correction()
	if old, ok := m.corrections[leaf][millis(c.On)]; ok && old != c {
		return fmt.Errorf("correction of leaf %s: %w", leaf, aid.ErrExists)
	}
	if m.corrections[leaf] == nil {
		m.corrections[leaf] = map[int64]aid.Correction{}
	}
	m.corrections[leaf][millis(c.On)] = c
	return nil
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
	if _, used := m.challenges[s.ChallengeID]; used {
		return aid.Commitment{}, false, fmt.Errorf("submit commitment %s: %w", c.ID, aid.ErrChallenge)
	}
	m.submissions[c.ID] = submissionItemOf(s)
	m.challenges[s.ChallengeID] = c.ID
	m.credentials[c.ID] = credentialItemOf(s.Credential).credential()
	m.store(c)
	m.post(c, aid.LetterCode, c.SubmittedAt)
	return copyCommitment(c), false, nil
}

func (m *Memory) store(c aid.Commitment) {
	if m.commitments[c.Recipient] == nil {
		m.commitments[c.Recipient] = map[aid.CommitmentID]aid.Commitment{}
	}
	m.commitments[c.Recipient][c.ID] = copyCommitment(c)
}

func (m *Memory) post(c aid.Commitment, kind aid.LetterKind, instant time.Time) {
	m.letters[LetterKeyOf(c.ID, c.Version, kind)] = letterItemOf(c, kind, instant).letter()
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

// Pledge does as [Table.Pledge].
func (m *Memory) Pledge(_ context.Context, before, after aid.Commitment, instant time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.pledge(before, after, instant); err != nil && err != errRepeated {
		return fmt.Errorf("pledge commitment %s: %w", before.ID, err)
	}
	return nil
}

func (m *Memory) pledge(before, after aid.Commitment, instant time.Time) error {
	taken, err := m.mayMove(aid.Verify, before, after)
	if err != nil {
		return err
	}
	place, ok := m.placeOf(after)
	for _, p := range sortedKeys(taken) {
		i := needIndex(place, p)
		if i < 0 {
			return &aid.OverRemainingError{Need: aid.NeedOf(after.Recipient, p)}
		}
		n := &place.Needs[i]
		if n.Remaining() < taken[p] {
			return &aid.OverRemainingError{Need: n.ID, Remaining: n.Remaining()}
		}
		n.Committed += taken[p]
	}
	if !ok {
		return fmt.Errorf("activity of %s in %s: %w", after.Recipient, after.Leaf, aid.ErrNotFound)
	}
	credential, ok := m.credentials[after.ID]
	if !ok {
		return fmt.Errorf("credential: %w", aid.ErrNotFound)
	}
	credential.VerifiedAt = moment(millis(instant))
	m.credentials[after.ID] = credential
	m.count(&place, 1, after.FreeValue(), instant)
	m.places[after.Recipient] = place
	m.made(before, after, instant)
	m.post(after, aid.LetterPledged, instant)
	return nil
}

// Withdraw does as [Table.Withdraw].
func (m *Memory) Withdraw(_ context.Context, before, after aid.Commitment, instant time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.withdraw(before, after, instant); err != nil && err != errRepeated {
		return fmt.Errorf("withdraw commitment %s: %w", before.ID, err)
	}
	return nil
}

func (m *Memory) withdraw(before, after aid.Commitment, instant time.Time) error {
	returned, err := m.mayMove(aid.Withdraw, before, after)
	if err != nil {
		return err
	}
	if before.State.Counts() {
		place, ok := m.placeOf(after)
		for _, p := range sortedKeys(returned) {
			i := needIndex(place, p)
			if i < 0 || place.Needs[i].Committed < returned[p] {
				return fmt.Errorf("need %s has less than %d committed", aid.NeedOf(after.Recipient, p), returned[p])
			}
			place.Needs[i].Committed -= returned[p]
		}
		if !ok {
			return fmt.Errorf("activity of %s in %s: %w", after.Recipient, after.Leaf, aid.ErrNotFound)
		}
		m.count(&place, -1, -before.FreeValue(), instant)
		m.places[after.Recipient] = place
		m.post(after, aid.LetterWithdrawn, instant)
	}
	m.made(before, after, instant)
	return nil
}

// mayMove checks what every move needs, in the order in which the table's
// transaction refuses, and returns the quantities that the commitment promises.
func (m *Memory) mayMove(move aid.Move, before, after aid.Commitment) (map[aid.PackageID]int64, error) {
	if err := checkMove(move, before, after); err != nil {
		return nil, err
	}
	sums, err := promised(before)
	if err != nil {
		return nil, err
	}
	if made, ok := m.moves[after.ID][after.Version]; ok {
		if made.State == string(after.State) && made.Reason == after.Reason {
			return nil, errRepeated
		}
		return nil, aid.ErrStale
	}
	stored, ok := m.commitments[before.Recipient][before.ID]
	if !ok {
		return nil, aid.ErrNotFound
	}
	if stored.State != before.State || stored.Version != before.Version {
		return nil, aid.ErrStale
	}
	return sums, nil
}

// made stores the outcome of a move: of the commitment, only what moves.
func (m *Memory) made(before, after aid.Commitment, instant time.Time) {
	c := m.commitments[before.Recipient][before.ID]
	c.State, c.Version, c.Reason = after.State, after.Version, after.Reason
	c.PledgedAt, c.ContactBy, c.EndedAt = after.PledgedAt, after.ContactBy, after.EndedAt
	m.store(c)
	if m.moves[after.ID] == nil {
		m.moves[after.ID] = map[int64]moveItem{}
	}
	m.moves[after.ID][after.Version] = moveItemOf(after, instant)
}

// placeOf returns a copy of the place that a commitment belongs to, empty when
// it is not in the commitment's leaf.
func (m *Memory) placeOf(c aid.Commitment) (aid.Place, bool) {
	if leaf, ok := m.leaves[c.Recipient]; !ok || leaf != c.Leaf {
		return aid.Place{}, false
	}
	return copyPlace(m.places[c.Recipient]), true
}

func (m *Memory) count(p *aid.Place, open int64, free aid.Rupiah, instant time.Time) {
	p.Activity.Rev++
	p.Activity.Open += open
	p.Activity.FreeCommitted += free
	p.Activity.UpdatedAt = moment(millis(instant))
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
func (m *Memory) Load(_ context.Context, listings []aid.Listing, catalogue *aid.Catalogue) error {
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
		m.load(e)
	}
	return nil
}

func (m *Memory) load(e entry) {
	id := e.Recipient.ID
	m.stewards[id] = e.Steward
	if _, known := m.leaves[id]; !known {
		m.leaves[id] = e.leaf
		m.places[id] = copyPlace(aid.Place{Recipient: e.Recipient, Needs: e.Needs, Activity: e.Activity})
		for _, c := range e.History {
			m.store(c)
		}
		return
	}
	place := copyPlace(m.places[id])
	place.Recipient = e.Recipient
	for _, n := range e.Needs {
		if i := needIndex(place, n.Package); i >= 0 {
			place.Needs[i] = merged(place.Needs[i], n)
			continue
		}
		n.Committed, n.Delivered, n.Received = 0, 0, 0
		place.Needs = append(place.Needs, n)
	}
	m.places[id] = copyPlace(place)
}

// copyPlace returns what the table would give back for p: its own copy, times
// to the millisecond, needs ordered by ID.
func copyPlace(p aid.Place) aid.Place {
	needs := append([]aid.Need{}, p.Needs...)
	slices.SortFunc(needs, func(a, b aid.Need) int { return cmp.Compare(a.ID, b.ID) })
	return aid.Place{
		Recipient: recipientItemOf(p.Recipient, aid.Leaf{}).recipient(p.Recipient.ID),
		Needs:     needs,
		Activity:  activityItemOf(p.Recipient.ID, p.Activity, aid.Leaf{}).activity(),
	}
}

// copyCommitment returns what the table would give back for c.
func copyCommitment(c aid.Commitment) aid.Commitment { return commitmentItemOf(c).in(c.Leaf) }
