package table_test

import (
	"context"
	"errors"
	"fmt"
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
	const rounds = 2 // of -rapid.checks sequences each, on tables of their own
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
	remaining  map[aid.PackageID]int64
	committed  map[aid.PackageID]int64
	free       aid.Rupiah
	open, rev  int64
	challenges map[string]bool
	sheets     [6]sheet
	shown      map[string]int // reveals by collaborator, and for the recipient under ""
}

// sheet is what the bookkeeper knows of one commitment.
type sheet struct {
	in       table.Submission
	there    bool
	versions []aid.Commitment // as submitted, then after each move
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
		remaining:  map[aid.PackageID]int64{"sembako": 10, "lebaran": 4},
		committed:  map[aid.PackageID]int64{},
		challenges: map[string]bool{},
		shown:      map[string]int{},
	}
	if err := s.Load(ctx, b.listing(), tabletest.Catalogue()); err != nil {
		return err
	}
	for i := range b.sheets {
		b.sheets[i].in = b.submission(world*len(b.sheets)+i, i, pick)
	}
	steps := 4 + pick("steps", 20)
	for step := range steps {
		i := pick("commitment", len(b.sheets))
		var name string
		var err error
		switch pick("call", 8) {
		case 0, 1:
			name, err = "submit", b.submit(ctx, s, i, pick)
		case 2, 3:
			name, err = "pledge", b.pledge(ctx, s, i)
		case 4:
			name, err = "withdraw", b.withdraw(ctx, s, i, pick)
		case 5:
			name, err = "wrong code", b.wrongCode(ctx, s, i)
		case 6:
			name, err = "reveal", b.reveal(ctx, s, i)
		case 7:
			name, err = "load", s.Load(ctx, b.listing(), tabletest.Catalogue())
		}
		// Answers are compared at every step, figures now and then: that takes
		// three calls.
		if err == nil && (step%4 == 3 || step == steps-1) {
			err = b.compare(ctx, s)
		}
		if err != nil {
			return fmt.Errorf("step %d, %s %d: %w", step, name, i, err)
		}
	}
	return nil
}

func (b *bookkeeper) listing() []aid.Listing {
	need := func(p aid.PackageID, n int64) aid.Need {
		return aid.Need{ID: aid.NeedOf(b.recipient, p), Recipient: b.recipient, Program: "pangan", Package: p, Needed: n}
	}
	return []aid.Listing{{
		Recipient: aid.Recipient{ID: b.recipient, Name: "Panti Contoh", Kind: "panti", Area: "31.74.01.1001"},
		Needs:     []aid.Need{need("sembako", 10), need("lebaran", 4)},
	}}
}

func (b *bookkeeper) submission(n, i int, pick choose) table.Submission {
	in := tabletest.Submission(n)
	in.Commitment.Recipient, in.Credential.Recipient = b.recipient, b.recipient
	in.ChallengeID = fmt.Sprintf("%s/%d", b.recipient, pick("challenge", 5))
	for range 1 + pick("lines", 3) {
		p := []aid.PackageID{"sembako", "lebaran", ""}[pick("package", 3)]
		line := aid.Line{Quantity: 1 + int64(pick("quantity", 4)), Unit: "paket", Value: 1000}
		if p == "" {
			line.Free = "selimut"
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
	sh.there, sh.versions = true, []aid.Commitment{in.Commitment}
	return equal(err, stored, in.Commitment)
}

func (sh *sheet) last() aid.Commitment { return sh.versions[len(sh.versions)-1] }

// settled answers a move for which version was already decided, or for which
// the commitment is not what the caller believes.
func (sh *sheet) settled(err error, before, after aid.Commitment) (done bool, _ error) {
	switch {
	case !sh.there:
		return true, refusal(err, aid.ErrNotFound)
	case int64(len(sh.versions)) >= after.Version:
		made := sh.versions[after.Version-1]
		if made.State == after.State && made.Reason == after.Reason {
			return true, err
		}
		return true, refusal(err, aid.ErrStale)
	case sh.last().State != before.State || sh.last().Version != before.Version:
		return true, refusal(err, aid.ErrStale)
	}
	return false, nil
}

func (b *bookkeeper) pledge(ctx context.Context, s tabletest.Store, i int) error {
	sh := &b.sheets[i]
	before := sh.in.Commitment
	after, err := before.Verified(tabletest.Noon, tabletest.Catalogue())
	if err != nil {
		return err
	}
	err = tabletest.Pledge(ctx, s, before, after, tabletest.Noon)
	if done, wrong := sh.settled(err, before, after); done {
		return wrong
	}
	asked := map[aid.PackageID]int64{}
	for _, l := range before.Lines {
		if l.Need != "" {
			asked[l.Package] += l.Quantity
		}
	}
	for _, p := range []aid.PackageID{"lebaran", "sembako"} {
		if asked[p] > b.remaining[p] {
			var over *aid.OverRemainingError
			if !errors.As(err, &over) || over.Need != aid.NeedOf(b.recipient, p) || over.Remaining != b.remaining[p] {
				return fmt.Errorf("%d %s asked, %d left: got %v", asked[p], p, b.remaining[p], err)
			}
			return nil
		}
	}
	b.move(sh, after, 1)
	return err
}

func (b *bookkeeper) withdraw(ctx context.Context, s tabletest.Store, i int, pick choose) error {
	sh := &b.sheets[i]
	before := sh.in.Commitment
	if pick("from pledged", 2) == 1 {
		var err error
		if before, err = before.Verified(tabletest.Noon, tabletest.Catalogue()); err != nil {
			return err
		}
	}
	after, err := before.WithdrawnFor(aid.WithdrawReasons[pick("reason", 2)], aid.Collaborator, tabletest.Noon, tabletest.Catalogue())
	if err != nil {
		return err
	}
	err = tabletest.Withdraw(ctx, s, before, after, tabletest.Noon)
	if done, wrong := sh.settled(err, before, after); done {
		return wrong
	}
	if before.State == aid.Pledged {
		b.move(sh, after, -1)
	} else {
		sh.versions = append(sh.versions, after)
	}
	return err
}

// move books a commitment that begins (+1) or ends (-1) to hold a promise.
func (b *bookkeeper) move(sh *sheet, after aid.Commitment, sign int64) {
	for _, l := range after.Lines {
		if l.Need == "" {
			b.free += aid.Rupiah(sign) * l.Value
			continue
		}
		b.remaining[l.Package] -= sign * l.Quantity
		b.committed[l.Package] += sign * l.Quantity
	}
	b.open += sign
	b.rev++
	sh.versions = append(sh.versions, after)
}

func (b *bookkeeper) wrongCode(ctx context.Context, s tabletest.Store, i int) error {
	sh := &b.sheets[i]
	left, err := s.CountWrongCode(ctx, sh.in.Commitment.ID, 3)
	if !sh.there {
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
func (b *bookkeeper) compare(ctx context.Context, s tabletest.Store) error {
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
		if n.Remaining() != b.remaining[n.Package] || n.Committed != b.committed[n.Package] {
			return fmt.Errorf("%s: %d committed, %d left; want %d, %d", n.ID, n.Committed, n.Remaining(), b.committed[n.Package], b.remaining[n.Package])
		}
	}
	if p.Activity.Rev != b.rev || p.Activity.Open != b.open || p.Activity.FreeCommitted != b.free {
		return fmt.Errorf("activity %+v; want rev %d, open %d, free %d", p.Activity, b.rev, b.open, b.free)
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
	if got.ID != want.ID || got.State != want.State || got.Version != want.Version || got.Reason != want.Reason ||
		!got.PledgedAt.Equal(want.PledgedAt.Truncate(time.Millisecond)) || len(got.Lines) != len(want.Lines) {
		return fmt.Errorf("got %+v; want %+v", got, want)
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
