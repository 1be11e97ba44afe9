package release

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"ksbb/shared/aid"
	"ksbb/shared/report"
)

// inOrder calls do for each item, up to n at once, and hands the results over in
// the order of the items. The first error ends it. What was begun has ended when
// the loop over it ends.
func inOrder[T, R any](ctx context.Context, n int, items []T, do func(context.Context, T) (R, error)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		if n <= 1 {
			for _, item := range items {
				if r, err := do(ctx, item); !yield(r, err) || err != nil {
					return
				}
			}
			return
		}
		type result struct {
			r   R
			err error
		}
		ctx, stop := context.WithCancel(ctx)
		var under sync.WaitGroup
		defer under.Wait()
		defer stop()
		var ahead []chan result
		for next := 0; next < len(items) || len(ahead) > 0; {
			for next < len(items) && len(ahead) < n {
				item, out := items[next], make(chan result, 1)
				under.Go(func() {
					r, err := do(ctx, item)
					out <- result{r, err}
				})
				ahead = append(ahead, out)
				next++
			}
			got := <-ahead[0]
			ahead = ahead[1:]
			if !yield(got.r, got.err) || got.err != nil {
				return
			}
		}
	}
}

// leavesAhead is how many leaves are read before their turn: a leaf may hold
// thousands of recipients.
const leavesAhead = 2

// pass shows every recipient with its whole history, by leaf and id. Recipients
// to which nothing was ever promised have none.
func (s *run) pass(ctx context.Context, visit func(p aid.Place, commitments []aid.Commitment) error) error {
	type found struct {
		place       aid.Place
		commitments []aid.Commitment
	}
	for places, err := range inOrder(ctx, min(s.Workers, leavesAhead), s.Region.Leaves(), func(ctx context.Context, leaf aid.Leaf) ([]aid.Place, error) {
		places, err := s.Facts.Leaf(ctx, leaf)
		if err != nil {
			return nil, fmt.Errorf("read leaf %s: %w", leaf, err)
		}
		places = slices.Clone(places)
		slices.SortFunc(places, func(a, b aid.Place) int { return cmp.Compare(a.Recipient.ID, b.Recipient.ID) })
		return places, nil
	}) {
		if err != nil {
			return err
		}
		for f, err := range inOrder(ctx, s.Workers, places, func(ctx context.Context, p aid.Place) (found, error) {
			if p.Activity.Pledged == 0 {
				return found{place: p}, nil
			}
			commitments, _, err := s.Facts.History(ctx, p.Recipient.ID)
			if err != nil {
				return found{}, fmt.Errorf("read history of %s: %w", p.Recipient.ID, err)
			}
			commitments = slices.Clone(commitments)
			slices.SortFunc(commitments, func(a, b aid.Commitment) int { return cmp.Compare(a.ID, b.ID) })
			return found{p, commitments}, nil
		}) {
			if err != nil {
				return err
			}
			if err := visit(f.place, f.commitments); err != nil {
				return fmt.Errorf("release %s: %w", f.place.Recipient.ID, err)
			}
		}
	}
	return nil
}

// gathered is everything that one pass over the facts came to.
type gathered struct {
	reports map[string]report.Report         // by period
	tables  map[string]map[string]*tableFile // CSV files by period and table
	areas   map[string][][]any               // rows of the areas table by period
	frozen  map[string]*set                  // by month
	open    *openSets                        // nil when the open data are up to date
	log     *logbook                         // nil when the log is
	givers  *report.Givers                   // nil when the open data are up to date
}

func (w *gathered) close() {
	for _, tables := range w.tables {
		for _, t := range tables {
			t.made.close()
		}
	}
	for _, f := range w.frozen {
		f.close()
	}
	if w.open != nil {
		w.open.close()
	}
	if w.log != nil {
		w.log.close()
	}
}

// tableFile is one table on its way to a file.
type tableFile struct {
	*made
	table report.Table
	w     report.Writer
}

func (t *tableFile) row(cells []any) error {
	t.rows++
	return t.w.Row(cells)
}

// reportTables are the tables behind a report.
var reportTables = []report.Table{report.CommitmentTable, report.DeliveryTable, report.AreaTable, report.CorrectionTable}

// gather reads the facts once and makes of them all that the plan asks for.
func (s *run) gather(ctx context.Context, plan plan) (w *gathered, err error) {
	w = &gathered{
		reports: map[string]report.Report{}, tables: map[string]map[string]*tableFile{}, areas: map[string][][]any{}, frozen: map[string]*set{},
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	periods := plan.collected()
	for _, p := range periods {
		w.tables[p.ID] = map[string]*tableFile{}
		for _, t := range reportTables {
			m, err := s.create()
			if err != nil {
				return w, err
			}
			w.tables[p.ID][t.Name] = &tableFile{m, t, report.NewCSV(m, t)}
		}
	}
	for _, p := range plan.months {
		if w.frozen[p.ID], err = s.newSet(report.Tables); err != nil {
			return w, err
		}
		periods = with(periods, p)
	}
	if plan.open {
		if w.open, err = s.newOpenSets(); err != nil {
			return w, err
		}
		if w.log, err = s.newLogbook(ctx); err != nil {
			return w, err
		}
		w.givers = report.NewGivers(s.Region)
		// The areas of the open data are those of the report of the last day.
		periods = with(periods, s.lastDay())
	}
	collector := report.NewCollector(s.Region, periods)
	byLeaf := map[aid.Leaf][]aid.Correction{}
	for _, c := range s.corrections {
		byLeaf[c.leaf] = append(byLeaf[c.leaf], c.Correction)
	}
	for _, leaf := range s.Region.Leaves() {
		collector.Correct(leaf, byLeaf[leaf])
	}
	rows := func(period string, t report.Table, cells []any) error {
		if t.Name == report.AreaTable.Name {
			w.areas[period] = append(w.areas[period], cells)
		}
		if file, wanted := w.tables[period][t.Name]; wanted {
			return file.row(cells)
		}
		return nil
	}
	if err := s.pass(ctx, func(p aid.Place, commitments []aid.Commitment) error {
		if err := collector.Add(p, commitments, rows); err != nil {
			return err
		}
		return s.spread(ctx, w, plan, p, commitments)
	}); err != nil {
		return w, err
	}
	if err := collector.Rest(rows); err != nil {
		return w, err
	}
	for _, r := range collector.Reports() {
		w.reports[r.Period] = r
	}
	for period, tables := range w.tables {
		for name, t := range tables {
			if err := t.w.Close(); err != nil {
				return w, fmt.Errorf("write %s of %s: %w", name, period, err)
			}
		}
	}
	return w, nil
}

// spread hands one recipient to everything but the reports.
func (s *run) spread(ctx context.Context, w *gathered, plan plan, p aid.Place, commitments []aid.Commitment) error {
	catalogue := s.Region.Catalogue()
	for _, m := range plan.months {
		then, held := p.AsOf(m.Ends(s.Region.Zone), commitments, catalogue)
		if err := w.frozen[m.ID].place(then, held, s.Region, false); err != nil {
			return err
		}
	}
	if w.open == nil {
		return nil
	}
	then, held := p.AsOf(s.asOf, commitments, catalogue)
	w.givers.Add(then.Recipient, held)
	if err := w.open.place(ctx, s, then, held); err != nil {
		return err
	}
	return w.log.add(p, commitments)
}

// lastDay is the day that ended at the last midnight.
func (s *run) lastDay() report.Period {
	return report.PeriodOf(report.Daily, aid.DayOf(s.asOf, s.Region.Zone)).Before()
}

// with returns periods with p in it once.
func with(periods []report.Period, p report.Period) []report.Period {
	if slices.Contains(periods, p) {
		return periods
	}
	return append(periods, p)
}
