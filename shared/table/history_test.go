package table_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

var histories = flag.Int("histories", 5, "histories of concurrent clients to check")

// TestConcurrentClientsSeeOneLedger lets people and the clock move the same
// commitments at the same time, and read, while 2 % of their requests and 5 % of the answers are lost,
// and has porcupine look for an order in which one ledger could have answered
// so.
func TestConcurrentClientsSeeOneLedger(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	for seed := range *histories {
		dice := newDice(uint64(seed))
		ledger, private := tabletest.SilentTables(t, db)
		if err := history(t.Context(), table.New(lossy{db, dice, 2, 5}, ledger, private), dice); err != nil {
			t.Errorf("history %d: %v", seed, err)
		}
		if err := remainingIsStored(t.Context(), db, ledger); err != nil {
			t.Errorf("history %d: %v", seed, err)
		}
	}
}

// TestThousandClientsOnANeedOfHundred lets each of a thousand clients promise
// one unit of a need of a hundred.
func TestThousandClientsOnANeedOfHundred(t *testing.T) {
	t.Parallel()
	db := tabletest.Engine(t)
	ledger, private := tabletest.SilentTables(t, db)
	s := table.New(db, ledger, private)
	if err := s.Load(t.Context(), tabletest.Listings(), tabletest.Catalogue(), tabletest.Noon); err != nil {
		t.Fatal(err)
	}
	const clients = 1000
	var wg sync.WaitGroup
	answers := make([]error, clients)
	for i := range clients {
		wg.Go(func() {
			before, _, err := s.Submit(t.Context(), tabletest.Submission(i, tabletest.Units("sembako", 1)))
			if err != nil {
				answers[i] = err
				return
			}
			after, err := before.Verified(tabletest.Noon, tabletest.Catalogue())
			if err != nil {
				answers[i] = err
				return
			}
			answers[i] = tabletest.Pledge(t.Context(), s, before, after, tabletest.Noon)
		})
	}
	wg.Wait()
	confirmed := 0
	for i, err := range answers {
		var over *aid.OverRemainingError
		switch {
		case err == nil:
			confirmed++
		case !errors.As(err, &over) || over.Remaining != 0:
			t.Errorf("client %d: %v; want a pledge, or nothing left", i, err)
		}
	}
	if confirmed != 100 {
		t.Errorf("%d of %d clients were confirmed; want exactly 100", confirmed, clients)
	}
	p, _, err := s.Place(t.Context(), tabletest.RW)
	if err != nil {
		t.Fatal(err)
	}
	commitments, err := s.Commitments(t.Context(), tabletest.RW)
	if err != nil {
		t.Fatal(err)
	}
	if err := tabletest.Balance(p, commitments); err != nil || len(commitments) != clients {
		t.Errorf("%d commitments, %v; want %d that balance", len(commitments), err, clients)
	}
}

// A commitment of these histories lives in a tree: each place in it is reached by
// one move from one other, so where it stands tells all that was made.
type branch struct {
	from int
	move aid.Move
	held aid.Counts // moved for each unit that is promised
	open int64
	gone int64 // lapsed
	make func(aid.Commitment) (aid.Commitment, error)
}

// The places of the tree that clients begin at.
const (
	submitted = iota
	pledged
)

var tree = []branch{
	submitted: {from: -1},
	pledged: {submitted, aid.Verify, aid.Counts{Committed: 1}, 1, 0, func(c aid.Commitment) (aid.Commitment, error) {
		return c.Verified(tabletest.Noon, tabletest.Catalogue())
	}},
	2:  {pledged, aid.Withdraw, aid.Counts{Committed: -1}, -1, 0, withdraw},
	3:  {pledged, aid.Lapse, aid.Counts{Committed: -1}, -1, 1, lapse},
	4:  {pledged, aid.Sign, aid.Counts{}, 0, 0, sign},
	5:  {3, aid.Renew, aid.Counts{Committed: 1}, 1, -1, renew},
	6:  {5, aid.Withdraw, aid.Counts{Committed: -1}, -1, 0, withdraw},
	7:  {4, aid.Lapse, aid.Counts{Committed: -1}, -1, 1, lapse},
	8:  {4, aid.Speak, aid.Counts{}, 0, 0, speak},
	9:  {4, aid.Report, aid.Counts{Committed: -1, Delivered: 1}, 0, 0, report},
	10: {7, aid.Report, aid.Counts{Delivered: 1}, 1, -1, report}, // beats the lapse
	11: {7, aid.Renew, aid.Counts{Committed: 1}, 1, -1, renew},
	12: {8, aid.Report, aid.Counts{Committed: -1, Delivered: 1}, 0, 0, report},
	13: {11, aid.Report, aid.Counts{Committed: -1, Delivered: 1}, 0, 0, report},
	14: {9, aid.Receive, aid.Counts{Delivered: -1, Received: 1}, 0, 0, receive},
	15: {10, aid.Receive, aid.Counts{Delivered: -1, Received: 1}, 0, 0, receive},
	16: {12, aid.Receive, aid.Counts{Delivered: -1, Received: 1}, 0, 0, receive},
	17: {13, aid.Receive, aid.Counts{Delivered: -1, Received: 1}, 0, 0, receive},
	18: {4, aid.Withdraw, aid.Counts{Committed: -1}, -1, 0, withdraw},
}

// later is when everything happens that follows a pledge: after the two days, so
// that the clock and people are always both in time.
var later = tabletest.Noon.Add(50 * time.Hour)

func withdraw(c aid.Commitment) (aid.Commitment, error) {
	return c.WithdrawnFor("other", aid.Collaborator, later, tabletest.Catalogue())
}

func lapse(c aid.Commitment) (aid.Commitment, error) {
	after, m, _, ok := c.Elapsed(later, tabletest.Catalogue())
	if !ok || m != aid.Lapse {
		return after, fmt.Errorf("time makes %q", m)
	}
	return after, nil
}

func sign(c aid.Commitment) (aid.Commitment, error) {
	return c.SignedAs("sha256-1", later, tabletest.Catalogue())
}

func speak(c aid.Commitment) (aid.Commitment, error) {
	return c.Spoken(aid.Steward, later, tabletest.Catalogue())
}

func renew(c aid.Commitment) (aid.Commitment, error) {
	return c.RenewedAt(later, tabletest.Catalogue())
}

func report(c aid.Commitment) (aid.Commitment, error) {
	return c.Reported(aid.DeliveryReport{ID: "d", On: tabletest.Today, Quantities: []int64{c.Lines[0].Quantity}}, later, tabletest.Catalogue())
}

func receive(c aid.Commitment) (aid.Commitment, error) {
	return c.ReceivedAs(aid.ReceiptAnswer{Delivery: "d", Answer: aid.Full, Via: aid.ViaSteward}, later, tabletest.Catalogue())
}

// passed tells whether a commitment that stands at one place has come through
// another.
func passed(at, through int) bool {
	for ; at >= 0; at = tree[at].from {
		if at == through {
			return true
		}
	}
	return false
}

// placeIn finds where a commitment stands.
func placeIn(c aid.Commitment) (int, bool) {
	at := submitted
	for _, step := range c.Log {
		next := slices.IndexFunc(tree, func(b branch) bool { return b.from == at && b.move == step.Move })
		if next < 0 {
			return 0, false
		}
		at = next
	}
	return at, true
}

// A history is made of these inputs and outputs, all about the RW's sembako.
type (
	moving struct {
		life, to int
		quantity int64
	}
	looking struct{ life int } // at one commitment
	reading struct{}           // of the figures of the place

	done    struct{}
	left    struct{ remaining int64 } // refused: so many left
	stale   struct{}
	unknown struct{} // the answer never came
	stands  struct{ at int }
	seen    struct {
		held            aid.Counts
		open, gone, rev int64
	}
)

// lives is how many commitments a history tells of.
const lives = clients * each

const (
	clients = 8
	each    = 4
)

// book is the whole ledger as far as a history can tell.
type book struct {
	at      [lives]uint8
	figures seen
}

// step returns what a ledger in state b may be after it has answered in with
// out, and nothing when it could not have answered so. After an unknown outcome
// it is either. Its time is known all the same: the client of these tests loses
// the answer once the call is over, so what did not happen by then never will.
func (b book) step(in, out any) []any {
	const needed = 100
	switch in := in.(type) {
	case reading:
		return only(out == b.figures, b)
	case looking:
		return only(out == stands{int(b.at[in.life])}, b)
	case moving:
		at, branch := int(b.at[in.life]), tree[in.to]
		made, ready := passed(at, in.to), at == branch.from
		remaining := needed - b.figures.held.Sum()
		fits := branch.held.Sum()*in.quantity <= remaining
		after := b
		if ready && fits {
			after.at[in.life] = uint8(in.to)
			after.figures = seen{b.figures.held.Plus(times(branch.held, in.quantity)), b.figures.open + branch.open, b.figures.gone + branch.gone, b.figures.rev + 1}
		}
		switch out := out.(type) {
		case done:
			return only(made || ready && fits, after)
		case left:
			return only(ready && !fits && out.remaining == remaining, b)
		case stale:
			return only(!made && !ready, b)
		case unknown:
			if after == b {
				return []any{b}
			}
			return []any{b, after}
		}
	}
	return nil
}

func times(n aid.Counts, by int64) aid.Counts {
	return aid.Counts{Committed: n.Committed * by, Delivered: n.Delivered * by, Received: n.Received * by}
}

// only is the state b if the answer was possible.
func only(possible bool, b book) []any {
	if !possible {
		return nil
	}
	return []any{b}
}

// history runs eight clients, of four commitments each, and tells what is wrong
// with what they saw or with what is left behind.
func history(ctx context.Context, s tabletest.Store, dice *dice) error {
	if err := s.Load(ctx, tabletest.Listings(), tabletest.Catalogue(), tabletest.Noon); err != nil {
		return err
	}
	h := &recorder{start: time.Now()}
	var wg sync.WaitGroup
	errs := make([]error, clients)
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				if errs[c] = h.live(ctx, s, dice, c*each+n); errs[c] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := h.check(); err != nil {
		return err
	}
	p, _, err := s.Place(ctx, tabletest.RW)
	if err != nil {
		return err
	}
	commitments, err := s.Commitments(ctx, tabletest.RW)
	if err != nil {
		return err
	}
	return tabletest.Balance(p, commitments)
}

// recorder keeps what clients asked and heard, and when.
type recorder struct {
	start time.Time
	mu    sync.Mutex
	ops   []porcupine.Operation
}

// life is one commitment in the hands of people and of the clock, who do not
// know of each other.
type life struct {
	*recorder
	store    tabletest.Store
	dice     *dice
	n        int
	quantity int64
	places   []aid.Commitment // by the tree

	mu    sync.Mutex
	known []int // places that somebody saw it at, or believes it to be
}

// live is the life of one commitment whose people repeat what was not answered,
// give up now and then, often change their mind and meet the clock.
func (h *recorder) live(ctx context.Context, s tabletest.Store, dice *dice, n int) error {
	l := &life{ // 32 ask for about 400 of 100
		recorder: h, store: s, dice: dice, n: n, quantity: int64(5 + dice.below(16)), places: make([]aid.Commitment, len(tree)), known: []int{submitted},
	}
	in := tabletest.Submission(n, tabletest.Units("sembako", l.quantity))
	for {
		var err error
		if l.places[submitted], _, err = s.Submit(ctx, in); err == nil {
			break
		} else if !lost(err) {
			return err
		}
	}
	for at, b := range tree[1:] {
		var err error
		if l.places[at+1], err = b.make(l.places[b.from]); err != nil {
			return fmt.Errorf("place %d of the tree: %w", at+1, err)
		}
	}
	l.ask(ctx, pledged)
	if err := h.read(ctx, s); err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() { errs[0] = l.turns(ctx, 2+dice.below(4), func(m aid.Move) bool { return m != aid.Lapse }) })
	wg.Go(func() { errs[1] = l.turns(ctx, 1+dice.below(2), func(m aid.Move) bool { return m == aid.Lapse }) })
	wg.Wait()
	// A phone was offline and sends what somebody decided on it long ago.
	if next := from(l.known[dice.below(len(l.known))]); dice.falls(50) && len(next) > 0 {
		l.ask(ctx, next[dice.below(len(next))])
	}
	return errors.Join(append(errs, h.read(ctx, s))...)
}

// turns makes some of the moves that somebody may make, each from where they
// believe the commitment to stand. Now and then they have not looked for long.
func (l *life) turns(ctx context.Context, turns int, may func(aid.Move) bool) error {
	believed := pledged
	for range turns {
		if l.dice.falls(70) {
			var err error
			if believed, err = l.look(ctx); err != nil {
				return err
			}
		}
		next := slices.DeleteFunc(from(believed), func(to int) bool { return !may(tree[to].move) })
		if len(next) == 0 {
			continue
		}
		to := next[l.dice.below(len(next))]
		if l.ask(ctx, to) == (done{}) {
			believed = to
		}
		l.mu.Lock()
		l.known = append(l.known, believed)
		l.mu.Unlock()
	}
	return nil
}

// from lists the places that one move leads to.
func from(at int) (next []int) {
	for to, b := range tree {
		if b.from == at {
			next = append(next, to)
		}
	}
	return next
}

func lost(err error) bool { return errors.Is(err, errLostRequest) || errors.Is(err, errLostAnswer) }

// ask makes the move to a place of the tree, mostly again until it is answered.
func (l *life) ask(ctx context.Context, to int) (out any) {
	b := tree[to]
	change := table.Change{Move: b.move, Before: l.places[b.from], After: l.places[to], At: later, SignedBy: "Budi"}
	for {
		from := time.Since(l.start).Nanoseconds()
		out = outcome(l.store.Move(ctx, change))
		l.record(moving{l.n, to, l.quantity}, out, from, time.Since(l.start).Nanoseconds())
		if out != (unknown{}) || !l.dice.falls(80) {
			return out
		}
	}
}

func outcome(err error) any {
	var over *aid.OverRemainingError
	switch {
	case err == nil:
		return done{}
	case errors.As(err, &over):
		return left{over.Remaining}
	case errors.Is(err, aid.ErrStale):
		return stale{}
	case lost(err):
		return unknown{}
	}
	return err // no step allows it
}

func (l *life) look(ctx context.Context) (int, error) {
	from := time.Since(l.start).Nanoseconds()
	c, err := l.store.Commitment(ctx, tabletest.RW, l.places[submitted].ID)
	if err != nil {
		return 0, err
	}
	at, ok := placeIn(c)
	if !ok {
		return 0, fmt.Errorf("commitment %d stands nowhere: %v", l.n, c.Log)
	}
	l.record(looking{l.n}, stands{at}, from, time.Since(l.start).Nanoseconds())
	return at, nil
}

func (h *recorder) read(ctx context.Context, s tabletest.Store) error {
	from := time.Since(h.start).Nanoseconds()
	p, _, err := s.Place(ctx, tabletest.RW)
	if err != nil {
		return err
	}
	n, a := p.Needs[1], p.Activity
	figures := seen{aid.Counts{Committed: n.Committed, Delivered: n.Delivered, Received: n.Received}, a.Open, a.Lapsed, a.Rev}
	h.record(reading{}, figures, from, time.Since(h.start).Nanoseconds())
	return nil
}

func (h *recorder) record(in, out any, from, to int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{Input: in, Output: out, Call: from, Return: to})
}

// errUndecided: neither an order nor a contradiction was found in time.
var errUndecided = errors.New("undecided")

// check looks for an order of all calls that one ledger could have answered.
func (h *recorder) check() error {
	const patience = 30 * time.Second
	model := porcupine.NondeterministicModel{
		Init: func() []any { return []any{book{}} },
		Step: func(state, in, out any) []any { return state.(book).step(in, out) },
	}
	switch porcupine.CheckOperationsTimeout(model.ToModel(), h.ops, patience) {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return fmt.Errorf("%d calls: %w after %v", len(h.ops), errUndecided, patience)
	}
	var odd []any
	for _, op := range h.ops {
		if err, ok := op.Output.(error); ok {
			odd = append(odd, err)
		}
	}
	return fmt.Errorf("no ledger answers %d calls so; unforeseen answers: %v", len(h.ops), odd)
}
