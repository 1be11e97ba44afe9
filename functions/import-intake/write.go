package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/intake"
	"ksbb/shared/table"
)

const (
	// leaseFor is how long others wait for a run that has gone silent.
	leaseFor = 2 * time.Minute
	// spare is what a run leaves of its time, to let another one go on.
	spare = 45 * time.Second
	// lanes is how many parts are written at a time, each in another stretch of
	// the region: a partition takes a thousand units a second, and a leaf is one.
	lanes = 8
	// takers is how many recipients of a part are taken back at a time. What is made
	// is made a transaction of many rows after the other: that is what a leaf takes.
	takers = 4
	// patience is how often a part is tried that a busy store turns away.
	patience = 6
)

// write makes the changes of a confirmed import, or takes them back, a few parts
// at a time. After each turn it is known how far it came: a run that ends early,
// or whose time is over, is followed by another that goes on there. What a part
// wrote already it does not write again.
func (s *server) write(ctx context.Context, i aid.ListImport) error {
	holder := string(i.ID) + "/" + s.token()
	if err := s.lease(ctx, holder, leaseFor); err != nil {
		return err
	}
	defer func() {
		// Whoever waits goes on even if this import failed.
		ctx := context.WithoutCancel(ctx)
		err := s.lease(ctx, holder, 0)
		if err == nil {
			err = s.wakeNext(ctx, i.ID)
		}
		if err != nil {
			slog.WarnContext(ctx, "imports that wait were not woken", "err", err)
		}
	}()
	return s.holding(ctx, holder, func(ctx context.Context) error { return s.writeOn(ctx, i) })
}

// writeOn writes turn after turn, until all is written or the time is over.
func (s *server) writeOn(ctx context.Context, i aid.ListImport) error {
	var start time.Time
	for {
		written, step, done := i.Written, s.makePart, i.Wrote
		if undoing := !i.UndoAt.IsZero(); undoing {
			written, step, done = i.Undone, s.takeBackPart, i.TookBack
		}
		turn := i.Next(written)
		// Each change has an instant of its own, by which corrections of a leaf are
		// told apart; the clock may not have moved as far as the last turn reached.
		start = later(start, s.instant())
		var left int64
		var err error
		if left, start, err = s.atOnce(ctx, i, turn, start, step); err != nil {
			return err
		}
		after, err := done(written+len(turn), left)
		if i, err = s.put(ctx, i, after, err); err != nil {
			return err
		}
		if i.State != aid.ImportWriting {
			slog.InfoContext(ctx, "import written", "import", i.ID, "state", i.State, "skipped", i.Skipped, "kept", i.Kept)
			return nil
		}
		if end, limited := ctx.Deadline(); limited && end.Sub(s.now()) < spare {
			return s.wake(ctx, i, "on")
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// stepper makes or takes back one part, whose changes happen from an instant on,
// and returns how many of them it left.
type stepper func(ctx context.Context, i aid.ListImport, part int, start time.Time) (int64, error)

// atOnce takes parts on at the same time and returns how many changes they left,
// and the instant after the last of them. A part that fails lets the others end:
// what they did is then done.
func (s *server) atOnce(ctx context.Context, i aid.ListImport, parts []int, start time.Time, step stepper) (int64, time.Time, error) {
	// long is how much time the instants of a turn take.
	long := time.Duration(len(parts)*partRows) * time.Millisecond
	left, failed, ends := make([]int64, len(parts)), make([]error, len(parts)), make([]time.Time, len(parts))
	var wg sync.WaitGroup
	for n, part := range parts {
		wg.Go(func() {
			start := start
			for try := 1; ; try++ {
				ends[n] = start.Add(long)
				left[n], failed[n] = step(ctx, i, part, start.Add(time.Duration(n*partRows)*time.Millisecond))
				if !errors.Is(failed[n], aid.ErrBusy) || try == patience {
					return
				}
				slog.WarnContext(ctx, "store is busy", "import", i.ID, "part", part, "try", try, "err", failed[n])
				if err := s.pause(ctx, time.Second<<try); err != nil {
					return
				}
				// An act at the same instant would be the first one that goes on.
				start = later(ends[n], s.instant())
			}
		})
	}
	wg.Wait()
	sum := int64(0)
	for n := range parts {
		sum += left[n]
		start = later(start, ends[n])
	}
	return sum, start, errors.Join(failed...)
}

// holding does something for as long as it keeps the lease. Who cannot extend it
// stops before it ends, for another run may begin then.
func (s *server) holding(ctx context.Context, holder string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var extending sync.WaitGroup
	defer extending.Wait() // the lease is given back next, and stays so
	defer cancel(nil)
	extending.Go(func() {
		often := time.NewTicker(leaseFor / 4)
		defer often.Stop()
		for failed := 0; ; {
			select {
			case <-ctx.Done():
				return
			case <-often.C:
			}
			err := s.lease(ctx, holder, leaseFor)
			if failed++; err == nil {
				failed = 0
			}
			if failed == 3 {
				cancel(err)
			}
		}
	})
	err := do(ctx)
	if lost := context.Cause(ctx); err != nil && lost != nil {
		return lost
	}
	return err
}

func (s *server) lease(ctx context.Context, holder string, long time.Duration) error {
	now := s.instant()
	return s.store.LeaseImports(ctx, holder, now, now.Add(long))
}

// wakeNext wakes an import that waits to be written, if there is one.
func (s *server) wakeNext(ctx context.Context, not aid.ImportID) error {
	const newest = 50
	all, err := s.store.ListImports(ctx, newest)
	if err != nil {
		return err
	}
	for _, i := range slices.Backward(all) {
		if i.ID != not && (i.State == aid.ImportConfirmed || i.State == aid.ImportWriting) {
			return s.wake(ctx, i, "next")
		}
	}
	return nil
}

// outcome is which changes of a part were not made.
type outcome struct {
	Skipped []int `json:"skipped"` // places in the part
}

// outcomeOf reads the outcome of a part, and false when it is not done.
func (s *server) outcomeOf(ctx context.Context, i aid.ListImport, part int) (outcome, bool, error) {
	var o outcome
	kept, err := s.files.Get(ctx, i.OutcomePath(part), "", 1<<20)
	if errors.Is(err, aid.ErrNotFound) {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	if err := json.Unmarshal(kept.Body, &o); err != nil {
		return o, false, fmt.Errorf("decode outcome of part %d of import %s: %w", part, i.ID, err)
	}
	return o, true, nil
}

// makePart makes the changes of one part, each only while what it is about is as
// it was when the plan was made. It returns how many were not made.
func (s *server) makePart(ctx context.Context, i aid.ListImport, part int, start time.Time) (int64, error) {
	if o, done, err := s.outcomeOf(ctx, i, part); done || err != nil {
		return int64(len(o.Skipped)), err
	}
	changes, err := s.planned(ctx, i, part)
	if err != nil {
		return 0, err
	}
	p := &making{server: s, i: i, changes: changes, start: start, by: i.ConfirmedBy, name: i.ConfirmedName, reason: i.Reason}
	if err := p.listNew(ctx, part); err != nil {
		return 0, err
	}
	if err := p.each(ctx, packed(p.byRecipient()), 1, p.makeThese); err != nil {
		return 0, err
	}
	slices.Sort(p.skipped)
	text, err := json.Marshal(outcome{Skipped: p.skipped})
	if err != nil {
		return 0, fmt.Errorf("encode outcome of part %d of import %s: %w", part, i.ID, err)
	}
	if err := s.files.Put(ctx, i.OutcomePath(part), "application/json", text); err != nil && !errors.Is(err, aid.ErrExists) {
		return 0, err
	}
	return int64(len(p.skipped)), nil
}

// takeBackPart takes back what one part made, as far as nobody changed it since.
// It returns how much it left.
func (s *server) takeBackPart(ctx context.Context, i aid.ListImport, part int, start time.Time) (int64, error) {
	o, _, err := s.outcomeOf(ctx, i, part)
	if err != nil {
		return 0, err
	}
	changes, err := s.planned(ctx, i, part)
	if err != nil {
		return 0, err
	}
	for _, at := range o.Skipped {
		changes[at].ID = "" // was never made
	}
	p := &making{server: s, i: i, changes: changes, start: start, by: i.UndoBy, name: i.UndoName, reason: i.UndoReason, undo: true}
	p.known, err = s.placesOf(ctx, changes)
	if err != nil {
		return 0, err
	}
	one := func(ctx context.Context, group []int) error { return p.oneByOne(ctx, group, p.takeBack) }
	if err := p.each(ctx, p.byRecipient(), takers, one); err != nil {
		return 0, err
	}
	return int64(len(p.skipped)), nil
}

// placesOf reads the recipients that changes are about.
func (s *server) placesOf(ctx context.Context, changes []intake.Change) (map[aid.RecipientID]aid.Place, error) {
	known := map[aid.RecipientID]aid.Place{}
	read := map[aid.Leaf]bool{}
	for _, c := range changes {
		if c.ID == "" || read[c.Leaf] {
			continue
		}
		read[c.Leaf] = true
		places, err := s.store.Leaf(ctx, c.Leaf)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			known[p.Recipient.ID] = p
		}
	}
	return known, nil
}

// making is one part under way.
type making struct {
	*server
	i       aid.ListImport
	changes []intake.Change
	start   time.Time
	by      aid.Staff
	name    string
	reason  string
	undo    bool
	known   map[aid.RecipientID]aid.Place // recipients as they are, where that matters

	mu      sync.Mutex
	skipped []int
}

// byRecipient returns the places of the changes in the part, those of one
// recipient together.
func (p *making) byRecipient() [][]int {
	place := map[aid.RecipientID]int{}
	var groups [][]int
	for at, c := range p.changes {
		if c.ID == "" {
			continue
		}
		n, seen := place[c.ID]
		if !seen {
			n = len(groups)
			place[c.ID] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], at)
	}
	return groups
}

// packed joins groups to ones of a transaction's size. None is divided: two
// transactions at once about one recipient would get into each other's way.
func packed(groups [][]int) [][]int {
	var packs [][]int
	for _, g := range groups {
		if last := len(packs) - 1; last >= 0 && len(packs[last])+len(g) <= table.MaxRows {
			packs[last] = append(packs[last], g...)
			continue
		}
		packs = append(packs, slices.Clone(g))
	}
	return packs
}

// each calls do with every group of changes, so many at a time. A fault ends the
// part.
func (p *making) each(ctx context.Context, groups [][]int, workers int, do func(context.Context, []int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan []int)
	var wg sync.WaitGroup
	for range min(workers, len(groups)) {
		wg.Go(func() {
			for group := range queue {
				if err := do(ctx, group); err != nil {
					cancel(err)
				}
			}
		})
	}
feeding:
	for _, group := range groups {
		select {
		case queue <- group:
		case <-ctx.Done():
			break feeding
		}
	}
	close(queue)
	wg.Wait()
	return context.Cause(ctx)
}

// oneByOne calls do with one change after the other. A refusal skips a change.
func (p *making) oneByOne(ctx context.Context, group []int, do func(context.Context, intake.Change, time.Time) error) error {
	for _, at := range group {
		err := do(ctx, p.changes[at], p.instantOf(at))
		switch {
		case refusal(err):
			p.mu.Lock()
			p.skipped = append(p.skipped, at)
			p.mu.Unlock()
		case err != nil:
			return fmt.Errorf("row %d: %w", p.changes[at].Row, err)
		}
	}
	return nil
}

// instantOf is when a change happens: corrections of a leaf are told apart by it.
func (p *making) instantOf(at int) time.Time {
	return p.start.Add(time.Duration(at) * time.Millisecond)
}

// makeThese makes the changes of a group, as many in one transaction as fit.
// Where one of those is refused they are made one by one: the others are not lost
// with it.
func (p *making) makeThese(ctx context.Context, group []int) error {
	var together, alone []int
	for _, at := range group {
		switch c := p.changes[at]; {
		case c.NeedAfter == nil && (c.New || c.Close || c.Reopen):
			alone = append(alone, at)
		default:
			together = append(together, at)
		}
	}
	for batch := range slices.Chunk(together, table.MaxRows) {
		err := p.makeTogether(ctx, batch)
		if refusal(err) {
			err = p.oneByOne(ctx, batch, p.make)
		}
		if err != nil {
			return err
		}
	}
	return p.oneByOne(ctx, alone, p.make)
}

// makeTogether makes changes in one transaction, or none of them. The same rows
// of the same import are one act, whichever run makes it.
func (p *making) makeTogether(ctx context.Context, batch []int) error {
	var rows []table.RowEdit
	var objects []string
	same := sha256.New()
	for _, at := range batch {
		c := p.changes[at]
		row := table.RowEdit{Act: p.act(c, "", p.instantOf(at))}
		if c.NeedAfter != nil {
			row.Need = needEdit(c, p.by.Role, p.instantOf(at))
		} else {
			row.Recipient = recipientEdit(c, p.by.Role, p.instantOf(at))
		}
		rows = append(rows, row)
		objects = append(objects, row.Act.Object)
		fmt.Fprintln(same, row.Act.ID)
	}
	text, err := json.Marshal(objects)
	if err != nil {
		return fmt.Errorf("encode objects: %w", err)
	}
	act := rows[0].Act
	act.ID = fmt.Sprintf("%s-rows-%x", p.i.ID, same.Sum(nil)[:12])
	act.Object, act.Area, act.Before, act.After = "import/"+string(p.i.ID), "", "", string(text)
	if err := p.store.PutRows(table.Acting(ctx, act), rows); err != nil {
		return fmt.Errorf("rows %d to %d: %w", p.changes[batch[0]].Row, p.changes[batch[len(batch)-1]].Row, err)
	}
	return nil
}

func needEdit(c intake.Change, by aid.StaffRole, at time.Time) *table.NeedEdit {
	e := &table.NeedEdit{After: *c.NeedAfter, Leaf: c.Leaf, By: by, At: at}
	if c.NeedBefore != nil {
		e.Before = *c.NeedBefore
	}
	return e
}

func recipientEdit(c intake.Change, by aid.StaffRole, at time.Time) *table.RecipientEdit {
	return &table.RecipientEdit{Before: *c.Before, After: *c.After, Leaf: c.Leaf, Steward: c.Contact, By: by, At: at}
}

// refusal tells whether a change was refused because what it is about is no
// longer as it was.
func refusal(err error) bool {
	var invalid *aid.InvalidError
	return errors.Is(err, aid.ErrStale) || errors.Is(err, aid.ErrExists) || errors.Is(err, aid.ErrNotFound) || errors.As(err, &invalid)
}

func (p *making) acting(ctx context.Context, c intake.Change, step string, at time.Time) context.Context {
	return table.Acting(ctx, p.act(c, step, at))
}

// act says who makes one change: whoever confirmed the import, or its undoing.
// The same change made by another run has the same id.
func (p *making) act(c intake.Change, step string, at time.Time) table.Act {
	what := "import"
	if p.undo {
		what = "undo-import"
	}
	object := "recipient/" + string(c.ID)
	if c.NeedAfter != nil {
		object = "need/" + string(c.NeedAfter.ID)
	}
	var before, after map[string]string
	for _, d := range c.Differences {
		if d.Field == "Telepon" || d.Field == "Surel" {
			d.Before, d.After = "", ""
		}
		if before == nil {
			before, after = map[string]string{}, map[string]string{}
		}
		before[d.Field], after[d.Field] = d.Before, d.After
	}
	if p.undo {
		before, after = after, before
	}
	return table.Act{
		ID: fmt.Sprintf("%s-%s-%d%s", p.i.ID, what, c.Row, step), At: at, By: p.by.ID, Name: p.name, Role: p.by.Role, Area: c.Leaf.Area, Deed: aid.Import,
		Action: what, Object: object, Before: compact(before), After: compact(after), Reason: p.reason,
	}
}

func compact(v map[string]string) string {
	if v == nil {
		return ""
	}
	text, _ := json.Marshal(v) // texts always encode
	return string(text)
}

// listNew lists the new recipients of a part at once. Nothing can be promised to
// one before it is complete, and no other import writes meanwhile.
func (p *making) listNew(ctx context.Context, part int) error {
	var fresh []intake.Change
	for _, c := range p.changes {
		if c.New && c.NeedAfter == nil {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	// A leaf is read only where one of them is there after all.
	ids := make([]aid.RecipientID, len(fresh))
	for n, c := range fresh {
		ids[n] = c.ID
	}
	there, err := p.store.LeavesOf(ctx, ids)
	if err != nil {
		return err
	}
	p.known, err = p.placesOf(ctx, slices.DeleteFunc(slices.Clone(fresh), func(c intake.Change) bool { return there[c.ID] == aid.Leaf{} }))
	if err != nil {
		return err
	}
	var listings []aid.Listing
	for _, c := range fresh {
		// One that is there as listed may be half of what a run that was cut off
		// wrote: listing it again completes it.
		if there, known := p.known[c.ID]; known && !sameRecipient(there.Recipient, *c.After) {
			continue
		}
		l := aid.Listing{Recipient: *c.After, Activity: aid.Activity{Rev: 1, UpdatedAt: p.start}}
		if c.Contact != nil {
			l.Steward = *c.Contact
		}
		listings = append(listings, l)
	}
	if len(listings) > 0 {
		if err := p.store.Load(ctx, listings, p.catalogue.Pack(ctx).Catalogue(), p.start); err != nil {
			return err
		}
	}
	text, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("encode recipients: %w", err)
	}
	return p.store.Record(ctx, table.Act{
		ID: fmt.Sprintf("%s-list-%d", p.i.ID, part), At: p.start, By: p.by.ID, Name: p.name, Role: p.by.Role, Deed: aid.Import,
		Action: "import", Object: "import/" + string(p.i.ID), After: string(text), Reason: p.reason,
	})
}

// make makes one change.
func (p *making) make(ctx context.Context, c intake.Change, at time.Time) error {
	switch {
	case c.NeedAfter != nil:
		return p.store.PutNeed(p.acting(ctx, c, "", at), *needEdit(c, p.by.Role, at))
	case c.New:
		// It was listed with the others, unless somebody else had listed it.
		if there, known := p.known[c.ID]; known && !sameRecipient(there.Recipient, *c.After) {
			return fmt.Errorf("recipient %s was listed meanwhile: %w", c.ID, aid.ErrExists)
		}
		return nil
	}
	before := *c.Before
	if p.otherThanClosing(c) {
		if err := p.store.PutRecipient(p.acting(ctx, c, "", at), *recipientEdit(c, p.by.Role, at)); err != nil {
			return err
		}
		before = *c.After
		before.Edits = c.Before.Edits + 1
	}
	if c.Close || c.Reopen {
		return p.store.CloseRecipient(p.acting(ctx, c, "-close", at), table.Closing{Recipient: before, Leaf: c.Leaf, Closed: c.Close, By: p.by.Role, At: at})
	}
	return nil
}

// otherThanClosing tells whether a change of a recipient says more of it than
// that it closes or opens.
func (p *making) otherThanClosing(c intake.Change) bool {
	return c.Contact != nil || !sameRecipient(*c.Before, *c.After)
}

// sameRecipient compares what is known of two recipients, not how often it was
// edited.
func sameRecipient(a, b aid.Recipient) bool {
	a.Edits, b.Edits = 0, 0
	a.Flags, b.Flags = slices.Clip(append([]aid.Flag{}, a.Flags...)), slices.Clip(append([]aid.Flag{}, b.Flags...))
	a.Indicators, b.Indicators = append([]aid.Indicator{}, a.Indicators...), append([]aid.Indicator{}, b.Indicators...)
	return reflect.DeepEqual(a, b)
}

// takeBack makes what a change was about what it was before.
func (p *making) takeBack(ctx context.Context, c intake.Change, at time.Time) error {
	place, there := p.known[c.ID]
	if !there {
		return fmt.Errorf("recipient %s: %w", c.ID, aid.ErrNotFound)
	}
	// An earlier run may have been cut off behind it.
	if act, done, err := p.store.Acted(ctx, p.act(c, "", at).ID); err != nil || done && !act.At.Equal(at) {
		return err
	}
	if c.NeedAfter != nil {
		return p.takeBackNeed(ctx, c, place, at)
	}
	now := place.Recipient
	if c.New {
		if now.Edits != 0 || now.Closed {
			return fmt.Errorf("recipient %s was edited since: %w", c.ID, aid.ErrStale)
		}
		// Somebody may have promised something: it is closed, and not forgotten.
		return p.store.CloseRecipient(p.acting(ctx, c, "", at), table.Closing{Recipient: now, Leaf: c.Leaf, Closed: true, By: p.by.Role, At: at})
	}
	edits := c.Before.Edits
	if p.otherThanClosing(c) {
		edits++
	}
	if c.Close || c.Reopen {
		edits++
	}
	if now.Edits != edits {
		return fmt.Errorf("recipient %s was edited since: %w", c.ID, aid.ErrStale)
	}
	if c.Close || c.Reopen {
		closing := table.Closing{Recipient: now, Leaf: c.Leaf, Closed: c.Reopen, By: p.by.Role, At: at}
		if err := p.store.CloseRecipient(p.acting(ctx, c, "-close", at), closing); err != nil {
			return err
		}
		now.Closed = c.Reopen
		now.Edits++
		for n, was := range c.Needs {
			is := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.ID == was.ID })
			if is < 0 || place.Needs[is].Needed >= was.Needed {
				continue
			}
			e := table.NeedEdit{Before: place.Needs[is], After: was, Leaf: c.Leaf, By: p.by.Role, At: at}
			if err := p.store.PutNeed(p.acting(ctx, c, fmt.Sprintf("-need-%d", n), at), e); err != nil && !refusal(err) {
				return err
			}
		}
	}
	if !p.otherThanClosing(c) {
		return nil
	}
	e := table.RecipientEdit{Before: now, After: *c.Before, Leaf: c.Leaf, By: p.by.Role, At: at}
	e.After.Closed = now.Closed
	if c.Contact != nil {
		e.Steward = c.WasContact
	}
	return p.store.PutRecipient(p.acting(ctx, c, "", at), e)
}

// takeBackNeed makes a need what it was before, or what is promised of it, if
// that is more.
func (p *making) takeBackNeed(ctx context.Context, c intake.Change, place aid.Place, at time.Time) error {
	is := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.ID == c.NeedAfter.ID })
	if is < 0 {
		return fmt.Errorf("need %s: %w", c.NeedAfter.ID, aid.ErrNotFound)
	}
	now, edits, was := place.Needs[is], int64(0), *c.NeedAfter
	was.Needed = 0
	if c.NeedBefore != nil {
		edits, was = c.NeedBefore.Edits+1, *c.NeedBefore
	}
	if now.Edits != edits || now.Needed != c.NeedAfter.Needed {
		return fmt.Errorf("need %s was changed since: %w", now.ID, aid.ErrStale)
	}
	was.Needed = max(was.Needed, now.Committed+now.Delivered+now.Received)
	return p.store.PutNeed(p.acting(ctx, c, "", at), table.NeedEdit{Before: now, After: was, Leaf: c.Leaf, By: p.by.Role, At: at})
}
