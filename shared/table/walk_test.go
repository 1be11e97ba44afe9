package table_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// TestLedgerAgreesWithABookkeeperInMemory walks 10,000 random sequences through
// the memory model.
func TestLedgerAgreesWithABookkeeperInMemory(t *testing.T) {
	t.Parallel()
	const rounds = 100 // of -rapid.checks sequences each, 100 unless told otherwise
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			if err := walk(t.Context(), table.NewMemory(), 1, drawFrom(t)); err != nil {
				t.Fatal(err)
			}
		})
		if t.Failed() {
			return
		}
	}
}

// TestLedgerAgreesWithABookkeeperOnTheEngine walks random sequences through the
// engine, each at a recipient of its own, and then compares what is stored as
// remaining with what the other figures say.
func TestLedgerAgreesWithABookkeeperOnTheEngine(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	const rounds = 1 // of -rapid.checks sequences each, on tables of their own
	for range rounds {
		ledger, private := tabletest.SilentTables(t, db)
		s := table.New(db, ledger, private)
		var world atomic.Int64
		rapid.Check(t, func(r *rapid.T) {
			if err := walk(r.Context(), s, int(world.Add(1)), drawFrom(r)); err != nil {
				r.Fatal(err)
			}
		})
		if t.Failed() {
			return
		}
		if err := remainingIsStored(t.Context(), db, ledger); err != nil {
			t.Error(err)
		}
	}
}

func drawFrom(t *rapid.T) choose {
	return func(label string, below int) int { return rapid.IntRange(0, below-1).Draw(t, label) }
}

// choose picks a number from 0 up to but not including below.
type choose func(label string, below int) int

// bookkeeper knows, from the rules alone, what the ledger must say. It is
// written apart from the store: one recipient, six commitments, plain sums.
type bookkeeper struct {
	recipient  aid.RecipientID
	day        aid.Day
	now        time.Time
	needs      map[aid.PackageID]aid.Counts
	free       aid.Counts // in thousands of rupiah
	activity   aid.Activity
	challenges map[string]bool
	sheets     [6]sheet
	shown      map[string]int // reveals by collaborator, and for the recipient under ""
}

// needed is how much of each package the recipient needs.
var needed = map[aid.PackageID]int64{"sembako": 10, "lebaran": 4}

// sheet is what the bookkeeper knows of one commitment.
type sheet struct {
	in       table.Submission
	there    bool
	versions []aid.Commitment // as submitted, then after each move
	moves    []aid.Move       // that led to the versions after the first
	heaps    *heaps
	notes    map[aid.DeliveryID]string
	wrong    int
	shown    bool
}

// walk makes a random sequence of calls and compares every answer, and at the
// end every figure, with the bookkeeper. world keeps sequences on one store
// apart.
func walk(ctx context.Context, s tabletest.Store, world int, pick choose) error {
	b := &bookkeeper{
		recipient:  aid.RecipientID(fmt.Sprintf("31.74.01.1001-panti-%d", world)),
		day:        tabletest.Today.Plus(20 * world),
		now:        tabletest.Noon,
		needs:      map[aid.PackageID]aid.Counts{},
		activity:   aid.Activity{Hours: map[int]int64{}},
		challenges: map[string]bool{},
		shown:      map[string]int{},
	}
	if err := s.Load(ctx, b.listing(), tabletest.Catalogue(), b.now); err != nil {
		return err
	}
	for i := range b.sheets {
		b.sheets[i].in = b.submission(world*len(b.sheets)+i, i, pick)
	}
	steps := 10 + pick("steps", 25)
	for step := range steps {
		i := pick("commitment", 2) // two live long
		if pick("wide", 4) == 0 {
			i = pick("any", len(b.sheets)) // and meet others
		}
		var name string
		var err error
		switch pick("call", 20) {
		case 0, 1:
			name, err = "submit", b.submit(ctx, s, i, pick)
		case 2, 3, 4:
			name, err = "pledge", b.pledge(ctx, s, i, pick)
		case 5, 6:
			name, err = "time", b.elapse(ctx, s, pick)
		case 7:
			name, err = "wrong code", b.wrongCode(ctx, s, i)
		case 8:
			name, err = "reveal", b.reveal(ctx, s, i)
		case 9:
			name, err = "load", s.Load(ctx, b.listing(), tabletest.Catalogue(), b.now)
		default:
			name, err = "move", b.anyMove(ctx, s, i, pick)
		}
		// Answers are compared at every step, figures now and then: that takes
		// several calls.
		if err == nil && (step%10 == 9 || step == steps-1) {
			err = b.compare(ctx, s, pick)
		}
		if err != nil {
			return fmt.Errorf("step %d, %s %d: %w", step, name, i, err)
		}
	}
	return nil
}

func (b *bookkeeper) listing() []aid.Listing {
	need := func(p aid.PackageID) aid.Need {
		return aid.Need{ID: aid.NeedOf(b.recipient, p), Recipient: b.recipient, Program: "pangan", Package: p, Needed: needed[p]}
	}
	return []aid.Listing{{
		Recipient: aid.Recipient{ID: b.recipient, Name: "Panti Contoh", Kind: "panti", Area: "31.74.01.1001"},
		Needs:     []aid.Need{need("sembako"), need("lebaran")},
	}}
}

func (b *bookkeeper) submission(n, i int, pick choose) table.Submission {
	in := tabletest.Submission(n)
	in.Commitment.Recipient, in.Credential.Recipient = b.recipient, b.recipient
	in.Commitment.VerifyBy = tabletest.Noon.Add(time.Duration(24*(2+pick("days to verify", 20))) * time.Hour)
	in.Commitment.DueAt = in.Commitment.VerifyBy
	in.ChallengeID = fmt.Sprintf("%s/%d", b.recipient, pick("challenge", 8))
	for range 1 + pick("lines", 3) {
		p := []aid.PackageID{"sembako", "lebaran", ""}[pick("package", 3)]
		line := aid.Line{Quantity: 1 + int64(pick("quantity", 4)), Unit: "paket", Value: 1000}
		if p == "" {
			line.Free, line.Value = "selimut", aid.Rupiah(line.Quantity)*1000
		} else {
			line.Need, line.Package = aid.NeedOf(b.recipient, p), p
		}
		in.Commitment.Lines = append(in.Commitment.Lines, line)
	}
	return in
}

func (b *bookkeeper) submit(ctx context.Context, s tabletest.Store, i int, pick choose) error {
	sh := &b.sheets[i]
	in := sh.in
	other := sh.there && pick("other body", 4) == 0
	if other {
		in.Fingerprint = "another"
	}
	stored, repeated, err := s.Submit(ctx, in)
	switch {
	case other:
		return refusal(err, aid.ErrExists)
	case sh.there:
		if !repeated {
			return errors.New("a repeat was taken for new")
		}
		return equal(err, stored, sh.last())
	}
	if b.challenges[in.ChallengeID] {
		return refusal(err, aid.ErrChallenge)
	}
	if repeated {
		return errors.New("a first submission was taken for a repeat")
	}
	b.challenges[in.ChallengeID] = true
	sh.there, sh.versions, sh.heaps, sh.notes = true, []aid.Commitment{in.Commitment}, newHeaps(in.Commitment), map[aid.DeliveryID]string{}
	return equal(err, stored, in.Commitment)
}

func (sh *sheet) last() aid.Commitment { return sh.versions[len(sh.versions)-1] }

// pledge proves the channel, also of what was never submitted or is long
// pledged: phones repeat.
func (b *bookkeeper) pledge(ctx context.Context, s tabletest.Store, i int, pick choose) error {
	if !b.sheets[i].there && pick("early", 4) > 0 {
		if err := b.submit(ctx, s, i, pick); err != nil {
			return err
		}
	}
	before := b.sheets[i].in.Commitment
	after, err := before.Verified(b.now, tabletest.Catalogue())
	if errors.Is(err, aid.ErrExpired) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.move(ctx, s, i, table.Change{Move: aid.Verify, Before: before, After: after, At: b.now, Letters: []aid.LetterKind{aid.LetterPledged}})
}

// anyMove makes a move that was allowed at some time: mostly now, sometimes as
// somebody believes who has read the commitment long ago.
func (b *bookkeeper) anyMove(ctx context.Context, s tabletest.Store, i int, pick choose) error {
	sh := &b.sheets[i]
	if !sh.there {
		return nil
	}
	before := sh.last()
	if pick("behind", 5) == 0 {
		before = sh.versions[pick("version", len(sh.versions))]
	}
	c, ok := b.change(before, pick)
	if !ok {
		return nil
	}
	return b.move(ctx, s, i, c)
}

// change decides a move, if the rules allow one to whoever comes along.
func (b *bookkeeper) change(c aid.Commitment, pick choose) (table.Change, bool) {
	rules := tabletest.Catalogue()
	by := []aid.Role{aid.Collaborator, aid.Collaborator, aid.Steward, aid.Officer}[pick("role", 4)]
	allowed := c.Allowed(by)
	if by == aid.Collaborator && c.Allows(aid.Forget) && pick("leave", 4) == 0 {
		allowed = []aid.Move{aid.Forget}
	}
	if len(allowed) == 0 {
		return table.Change{}, false
	}
	if onward := slices.DeleteFunc(slices.Clone(allowed), func(m aid.Move) bool {
		return m != aid.Sign && m != aid.Report && m != aid.Receive && m != aid.Settle
	}); len(onward) > 0 && pick("onward", 2) == 0 {
		allowed = onward
	}
	change := table.Change{Move: allowed[pick("move", len(allowed))], Before: c, At: b.now}
	switch change.Move {
	case aid.Verify:
		return table.Change{}, false // made by pledge
	case aid.Withdraw, aid.Release, aid.Forget:
		if pick("stay", 4) > 0 {
			return table.Change{}, false // or every life were short
		}
	}
	var err error
	switch change.Move {
	case aid.Speak:
		change.After, err = c.Spoken(by, b.now, rules)
	case aid.Silent:
		change.After, err = c.Unanswered(b.now, rules)
	case aid.Renew:
		change.After, err = c.RenewedAt(b.now, rules)
	case aid.Schedule:
		change.After, err = c.ScheduledFor(aid.Appointment{On: aid.DayOf(b.now, rules.Zone).Plus(pick("day", 3))}, by, b.now, rules)
	case aid.Sign:
		change.SignedBy = "Budi"
		change.After, err = c.SignedAs("sha256-1", b.now, rules)
	case aid.Report:
		r := aid.DeliveryReport{ID: aid.DeliveryID(fmt.Sprintf("d%d", pick("delivery", 4))), On: aid.DayOf(b.now, rules.Zone), Quantities: b.figures(c, pick)}
		change.Note = table.Note{Delivery: r.ID, Text: []string{"", "di pos"}[pick("note", 2)]}
		change.After, err = c.Reported(r, b.now, rules)
	case aid.Receive:
		r := aid.ReceiptAnswer{
			Delivery: aid.DeliveryID(fmt.Sprintf("d%d", pick("delivery", 4))), Quantities: b.figures(c, pick),
			Answer: []aid.Answer{aid.Full, aid.Fewer, aid.None}[pick("answer", 3)], Via: aid.ViaOfficer,
		}
		if len(c.Deliveries) > 0 && pick("known", 4) > 0 {
			r.Delivery = c.Deliveries[pick("which", len(c.Deliveries))].ID
		}
		if by == aid.Steward {
			r.Via = []aid.Via{aid.ViaSteward, aid.ViaHandover, aid.ViaBAST}[pick("via", 3)]
		}
		change.After, err = c.ReceivedAs(r, b.now, rules)
	case aid.Settle:
		d := c.Deliveries[pick("which", len(c.Deliveries))]
		change.After, err = c.SettledAs(d.ID, [][]int64{d.Received, d.Quantities}[pick("figure", 2)], by, b.now, rules)
	case aid.Withdraw, aid.Release:
		change.Letters = []aid.LetterKind{aid.LetterWithdrawn}
		change.After, err = c.WithdrawnFor(aid.WithdrawReasons[pick("reason", 2)], by, b.now, rules)
	case aid.Forget:
		change.After, err = c.Forgotten(by, b.now, rules)
	}
	return change, err == nil && change.After.Version > c.Version
}

// figures is one for each line, at most what was promised.
func (b *bookkeeper) figures(c aid.Commitment, pick choose) []int64 {
	figures := make([]int64, len(c.Lines))
	most := c.Outstanding()
	for i, l := range c.Lines {
		if c.State == aid.Lapsed {
			most[i] = l.Quantity
		}
		figures[i] = int64(pick("units", int(most[i])+1))
	}
	return figures
}

// elapse lets time pass, up to four days, and a sweep come by that may have read
// a commitment before somebody else moved it.
func (b *bookkeeper) elapse(ctx context.Context, s tabletest.Store, pick choose) error {
	b.now = b.now.Add(time.Duration(1+pick("hours", 40)) * time.Hour)
	if pick("long", 20) == 0 {
		b.now = b.now.AddDate(0, 0, 95)
	}
	for i := range b.sheets {
		sh := &b.sheets[i]
		if !sh.there || pick("skipped", 3) == 0 {
			continue
		}
		c := sh.last()
		if pick("behind", 4) == 0 {
			c = sh.versions[pick("version", len(sh.versions))]
		}
		for {
			after, m, letters, ok := c.Elapsed(b.now, tabletest.Catalogue())
			if !ok {
				break
			}
			if err := b.move(ctx, s, i, table.Change{Move: m, Before: c, After: after, At: b.now, Letters: letters}); err != nil {
				return err
			}
			if c = after; sh.last().Version != c.Version {
				break // it was behind
			}
		}
	}
	return nil
}

// move asks for a move and holds the answer against the books.
func (b *bookkeeper) move(ctx context.Context, s tabletest.Store, i int, c table.Change) error {
	sh := &b.sheets[i]
	err := s.Move(ctx, c)
	switch {
	case !sh.there:
		return refusal(err, aid.ErrNotFound)
	case int64(len(sh.versions)) >= c.After.Version:
		if sh.moves[c.After.Version-2] == c.Move && asked(sh.versions[c.After.Version-1]) == asked(c.After) {
			return err
		}
		return refusal(err, aid.ErrStale)
	case sh.last().Version != c.Before.Version || sh.last().State != c.Before.State:
		return refusal(err, aid.ErrStale)
	}
	heaps := sh.heaps.after(c.Move, c.Before, c.After)
	moved := map[aid.PackageID]aid.Counts{}
	for l, line := range c.After.Lines {
		moved[line.Package] = moved[line.Package].Plus(heaps.line(l).Minus(sh.heaps.line(l)))
	}
	for _, p := range []aid.PackageID{"lebaran", "sembako"} {
		if left := needed[p] - b.needs[p].Sum(); moved[p].Sum() > left {
			var over *aid.OverRemainingError
			if !errors.As(err, &over) || over.Need != aid.NeedOf(b.recipient, p) || over.Remaining != left {
				return fmt.Errorf("%s takes %d %s, %d left: got %v", c.Move, moved[p].Sum(), p, left, err)
			}
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("%s after %v: %w", c.Move, sh.moves, err)
	}
	b.free = b.free.Plus(moved[""])
	for p := range needed {
		b.needs[p] = b.needs[p].Plus(moved[p])
	}
	b.book(sh, c, heaps)
	return nil
}

// book writes down what a move did beside the heaps.
func (b *bookkeeper) book(sh *sheet, c table.Change, heaps *heaps) {
	if sh.heaps.counts || heaps.counts {
		if c.Move != aid.Remind {
			b.activity.Rev++
		}
	}
	one := map[bool]int64{true: 1}
	b.activity.Open += one[heaps.counts] - one[sh.heaps.counts]
	b.activity.Pledged += one[c.Move == aid.Verify]
	b.activity.Lapsed += one[c.After.State == aid.Lapsed] - one[c.Before.State == aid.Lapsed]
	if c.Before.ContactedAt.IsZero() && !c.After.ContactedAt.IsZero() {
		b.activity.Hours[min(96, int(b.now.Sub(c.After.PledgedAt)/time.Hour))]++
	}
	if c.Note.Text != "" {
		sh.notes[c.Note.Delivery] = c.Note.Text
	}
	if c.Move == aid.Forget || c.Move == aid.Drop {
		sh.notes, sh.shown = map[aid.DeliveryID]string{}, false
	}
	sh.heaps = heaps
	sh.versions, sh.moves = append(sh.versions, c.After), append(sh.moves, c.Move)
}

// asked is what a person chose about a commitment, without when and who.
func asked(c aid.Commitment) string {
	s := fmt.Sprint(c.State, c.Name, c.Reason, c.Schedule, c.Letter)
	for _, d := range c.Deliveries {
		s += fmt.Sprint(d.ID, d.On, d.Quantities, d.Answer, d.Received, d.Via, d.SettledBy)
	}
	return s
}

// known tells whether the commitment's giver is still known.
func (sh *sheet) known() bool { return sh.there && sh.last().ForgottenAt.IsZero() }

func (b *bookkeeper) wrongCode(ctx context.Context, s tabletest.Store, i int) error {
	sh := &b.sheets[i]
	left, err := s.CountWrongCode(ctx, sh.in.Commitment.ID, 3)
	if !sh.known() {
		return refusal(err, aid.ErrNotFound)
	}
	sh.wrong = min(3, sh.wrong+1)
	if err != nil || left != 3-sh.wrong {
		return fmt.Errorf("%d tries left, %v; want %d", left, err, 3-sh.wrong)
	}
	return nil
}

func (b *bookkeeper) reveal(ctx context.Context, s tabletest.Store, i int) error {
	sh := &b.sheets[i]
	who := fmt.Sprint(i % 2)
	limits := aid.Limits{RevealsContact: 2, RevealsRecipient: 3, RevealsNetwork: 9, RevealsRegionMin: 9}
	err := s.Reveal(ctx, table.RevealRequest{
		Commitment: sh.in.Commitment.ID, Recipient: b.recipient, Collaborator: aid.CollaboratorID(who), Network: "n", Day: b.day, At: tabletest.Noon, Limits: limits,
	})
	var want string
	switch {
	case sh.shown:
		return err
	case b.shown[who] >= 2:
		want = "contact"
	case b.shown[""] >= 3:
		want = "recipient"
	default:
		b.shown[who]++
		b.shown[""]++
		sh.shown = true
		return err
	}
	var quota *aid.QuotaError
	if !errors.As(err, &quota) || quota.Budget != want {
		return fmt.Errorf("got %v; want the %s budget used up", err, want)
	}
	return nil
}

// compare reads everything and holds it against the books.
func (b *bookkeeper) compare(ctx context.Context, s tabletest.Store, pick choose) error {
	p, _, err := s.Place(ctx, b.recipient)
	if err != nil {
		return err
	}
	commitments, err := s.Commitments(ctx, b.recipient)
	if err != nil {
		return err
	}
	if err := tabletest.Balance(p, commitments); err != nil {
		return err
	}
	for _, n := range p.Needs {
		if got := (aid.Counts{Committed: n.Committed, Delivered: n.Delivered, Received: n.Received}); got != b.needs[n.Package] || n.Needed != needed[n.Package] {
			return fmt.Errorf("%s: %+v of %d; want %+v of %d", n.ID, got, n.Needed, b.needs[n.Package], needed[n.Package])
		}
	}
	a := p.Activity
	if free := (aid.Counts{Committed: int64(a.FreeCommitted), Delivered: int64(a.FreeDelivered), Received: int64(a.FreeReceived)}); free !=
		(aid.Counts{Committed: 1000 * b.free.Committed, Delivered: 1000 * b.free.Delivered, Received: 1000 * b.free.Received}) {
		return fmt.Errorf("free aid %+v; want %+v thousand", free, b.free)
	}
	if a.Rev != b.activity.Rev || a.Open != b.activity.Open || a.Pledged != b.activity.Pledged || a.Lapsed != b.activity.Lapsed || !maps.Equal(a.Hours, b.activity.Hours) {
		return fmt.Errorf("activity %+v; want %+v", a, b.activity)
	}
	var want []aid.Commitment // the sheets are in the order of their ids
	for _, sh := range b.sheets {
		if sh.there {
			want = append(want, sh.last())
		}
	}
	if len(commitments) != len(want) {
		return fmt.Errorf("%d commitments; want %d", len(commitments), len(want))
	}
	for i := range want {
		if err := equal(nil, commitments[i], want[i]); err != nil {
			return err
		}
	}
	if pick("due", 3) == 0 {
		if err := b.compareDue(ctx, s, want); err != nil {
			return err
		}
	}
	return b.comparePrivate(ctx, s, &b.sheets[pick("whose", len(b.sheets))])
}

func (b *bookkeeper) compareDue(ctx context.Context, s tabletest.Store, want []aid.Commitment) error {
	due := map[aid.CommitmentID]bool{}
	err := s.DueBy(ctx, b.now, func(d table.Due) error {
		if d.Recipient == b.recipient { // other walks have their own
			due[d.Commitment] = true
		}
		return nil
	})
	for _, c := range want {
		if is := !c.DueAt.IsZero() && !c.DueAt.After(b.now); is != due[c.ID] {
			return fmt.Errorf("commitment %s is due at %v; at %v it is listed: %v", c.ID, c.DueAt, b.now, due[c.ID])
		}
	}
	return err
}

func (b *bookkeeper) comparePrivate(ctx context.Context, s tabletest.Store, sh *sheet) error {
	credential, err := s.Credential(ctx, sh.in.Commitment.ID)
	if !sh.known() {
		if err := refusal(err, aid.ErrNotFound); err != nil {
			return fmt.Errorf("credential: %w", err)
		}
	} else if signed, verified := !sh.last().SignedAt.IsZero(), !sh.last().PledgedAt.IsZero(); err != nil ||
		credential.VerifiedAt.IsZero() == verified || (credential.Statement.SignedBy == "Budi") != signed {
		return fmt.Errorf("credential of %v: %+v, %w", sh.moves, credential, err)
	}
	if !sh.there {
		return nil
	}
	for _, d := range sh.last().Deliveries {
		if got, err := s.NoteOf(ctx, sh.in.Commitment.ID, d.ID); err != nil || got != sh.notes[d.ID] {
			return fmt.Errorf("note of %s: %q, %v; want %q", d.ID, got, err, sh.notes[d.ID])
		}
	}
	return nil
}

func refusal(err, want error) error {
	if !errors.Is(err, want) {
		return fmt.Errorf("got %v; want %v", err, want)
	}
	return nil
}

func equal(err error, got, want aid.Commitment) error {
	if err != nil {
		return err
	}
	if got.ID != want.ID || got.Version != want.Version || asked(got) != asked(want) || len(got.Lines) != len(want.Lines) || len(got.Log) != len(want.Log) {
		return fmt.Errorf("got %+v; want %+v", got, want)
	}
	for _, at := range [][2]time.Time{
		{got.PledgedAt, want.PledgedAt}, {got.ContactBy, want.ContactBy}, {got.ContactedAt, want.ContactedAt}, {got.SignedAt, want.SignedAt},
		{got.ReleasedAt, want.ReleasedAt}, {got.EndedAt, want.EndedAt}, {got.ForgottenAt, want.ForgottenAt}, {got.DueAt, want.DueAt},
	} {
		if !at[0].Equal(at[1].Truncate(time.Millisecond)) {
			return fmt.Errorf("got %+v; want %+v", got, want)
		}
	}
	return nil
}

// remainingIsStored compares, for every need line of a ledger, the stored
// remaining, which no reader shows, with the figures that it repeats.
func remainingIsStored(ctx context.Context, db *dynamodb.Client, ledger string) error {
	pages := dynamodb.NewQueryPaginator(db, &dynamodb.QueryInput{
		TableName: &ledger, KeyConditionExpression: new("PK = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: "LEAF#" + tabletest.Leaf.String()}},
	})
	lines := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, it := range page.Items {
			var n struct {
				SK                                                string
				Needed, Committed, Delivered, Received, Remaining int64
			}
			if err := attributevalue.UnmarshalMap(it, &n); err != nil {
				return err
			}
			if !strings.Contains(n.SK, "#N#") {
				continue
			}
			if lines++; n.Remaining != n.Needed-n.Committed-n.Delivered-n.Received || n.Remaining < 0 {
				return fmt.Errorf("need %s: %+v", n.SK, n)
			}
		}
	}
	if lines == 0 {
		return errors.New("no need line found")
	}
	return nil
}
