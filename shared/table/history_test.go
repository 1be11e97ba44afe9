package table_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

var histories = flag.Int("histories", 5, "histories of concurrent clients to check")

// TestConcurrentClientsSeeOneLedger lets clients pledge, withdraw and read at
// the same time while 2 % of their requests and 5 % of the answers are lost,
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
	if err := s.Load(t.Context(), tabletest.Listings(), tabletest.Catalogue()); err != nil {
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

// A history is made of these inputs and outputs, all about the RW's sembako.
type (
	pledgeOf   struct{ bit, quantity int64 }
	withdrawOf struct{ bit, quantity int64 }
	reading    struct{}

	done    struct{}
	left    struct{ remaining int64 } // refused: so many left
	stale   struct{}
	unknown struct{} // the answer never came
	seen    struct{ remaining, open, rev int64 }
)

// book is the whole ledger as far as a history can tell.
type book struct {
	remaining, rev    int64
	pledged, returned uint64 // one bit for each commitment
}

// open counts the commitments that hold a promise.
func (b book) open() (n int64) {
	for bits := b.pledged &^ b.returned; bits != 0; bits &= bits - 1 {
		n++
	}
	return n
}

// step returns what a ledger in state b may be after it has answered in with
// out, and nothing when it could not have answered so. After an unknown outcome
// it is either. Its time is known all the same: the client of these tests loses
// the answer once the call is over, so what did not happen by then never will.
func (b book) step(in, out any) []any {
	switch in := in.(type) {
	case reading:
		return only(out == seen{b.remaining, b.open(), b.rev}, b)
	case pledgeOf:
		bit := uint64(1) << in.bit
		made, fits := b.pledged&bit != 0, in.quantity <= b.remaining
		after := b
		if !made && fits {
			after = book{b.remaining - in.quantity, b.rev + 1, b.pledged | bit, b.returned}
		}
		switch out := out.(type) {
		case done:
			return only(made || fits, after)
		case left:
			return only(!made && !fits && out.remaining == b.remaining, b)
		case unknown:
			return []any{b, after}
		}
	case withdrawOf:
		bit := uint64(1) << in.bit
		pledged, made := b.pledged&bit != 0, b.returned&bit != 0
		after := b
		if pledged && !made {
			after = book{b.remaining + in.quantity, b.rev + 1, b.pledged, b.returned | bit}
		}
		switch out.(type) {
		case done:
			return only(pledged, after)
		case stale:
			return only(!pledged, b)
		case unknown:
			return []any{b, after}
		}
	}
	return nil
}

// only is the state b if the answer was possible.
func only(possible bool, b book) []any {
	if !possible {
		return nil
	}
	return []any{b}
}

// history runs eight clients, of seven commitments each, and tells what is
// wrong with what they saw or with what is left behind.
func history(ctx context.Context, s tabletest.Store, dice *dice) error {
	const clients, each = 8, 7 // 56 bits
	if err := s.Load(ctx, tabletest.Listings(), tabletest.Catalogue()); err != nil {
		return err
	}
	h := &recorder{start: time.Now()}
	var wg sync.WaitGroup
	errs := make([]error, clients)
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				if errs[c] = h.live(ctx, s, dice, int64(c*each+n)); errs[c] != nil {
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

// live is the life of one commitment in the hands of a client that repeats what
// was not answered, gives up now and then, and often changes its mind.
func (h *recorder) live(ctx context.Context, s tabletest.Store, dice *dice, n int64) error {
	quantity := int64(1 + dice.below(9)) // 56 clients ask for about 280 of 100
	in := tabletest.Submission(int(n), tabletest.Units("sembako", quantity))
	var before aid.Commitment
	for {
		var err error
		if before, _, err = s.Submit(ctx, in); err == nil {
			break
		} else if !lost(err) {
			return err
		}
	}
	after, err := before.Verified(tabletest.Noon, tabletest.Catalogue())
	if err != nil {
		return err
	}
	pledge := func() error { return tabletest.Pledge(ctx, s, before, after, tabletest.Noon) }
	for h.ask(pledgeOf{n, quantity}, pledge) == (unknown{}) && dice.falls(80) {
	}
	if err := h.read(ctx, s); err != nil {
		return err
	}
	if dice.falls(60) {
		end, err := after.WithdrawnFor("other", aid.Collaborator, tabletest.Noon, tabletest.Catalogue())
		if err != nil {
			return err
		}
		withdraw := func() error { return tabletest.Withdraw(ctx, s, after, end, tabletest.Noon) }
		for h.ask(withdrawOf{n, quantity}, withdraw) == (unknown{}) && dice.falls(80) {
		}
	}
	// The phone was offline and sends again what it had sent.
	if dice.falls(30) {
		h.ask(pledgeOf{n, quantity}, pledge)
	}
	return nil
}

func lost(err error) bool { return errors.Is(err, errLostRequest) || errors.Is(err, errLostAnswer) }

// ask records a call and its outcome.
func (h *recorder) ask(in any, call func() error) any {
	from := time.Since(h.start).Nanoseconds()
	err := call()
	to := time.Since(h.start).Nanoseconds()
	var over *aid.OverRemainingError
	var out any
	switch {
	case err == nil:
		out = done{}
	case errors.As(err, &over):
		out = left{over.Remaining}
	case errors.Is(err, aid.ErrStale):
		out = stale{}
	case lost(err):
		out = unknown{}
	default:
		out = err // no step allows it
	}
	h.record(in, out, from, to)
	return out
}

func (h *recorder) read(ctx context.Context, s tabletest.Store) error {
	from := time.Since(h.start).Nanoseconds()
	p, _, err := s.Place(ctx, tabletest.RW)
	if err != nil {
		return err
	}
	h.record(reading{}, seen{p.Needs[1].Remaining(), p.Activity.Open, p.Activity.Rev}, from, time.Since(h.start).Nanoseconds())
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
		Init: func() []any { return []any{book{remaining: 100}} },
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
