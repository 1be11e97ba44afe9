package release

import (
	"fmt"
	"io"
	"sync"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/report"
)

// set is tables as CSV and JSON Lines, and the recipients as GeoJSON, on their
// way to files.
type set struct {
	pairs []*pair
	geo   *made
	geoW  *report.GeoJSON
}

// pair is one table in both forms.
type pair struct {
	table       report.Table
	csv, rows   *made
	csvW, rowsW report.Writer
}

// newSet begins a set of tables.
func (s *run) newSet(tables []report.Table) (_ *set, err error) {
	out := &set{}
	defer func() {
		if err != nil {
			out.close()
		}
	}()
	for _, t := range tables {
		p := &pair{table: t}
		out.pairs = append(out.pairs, p)
		if p.csv, err = s.create(); err != nil {
			return nil, err
		}
		if p.rows, err = s.create(); err != nil {
			return nil, err
		}
		p.csvW, p.rowsW = report.NewCSV(p.csv, t), report.NewJSONL(p.rows, t)
	}
	if out.geo, err = s.create(); err != nil {
		return nil, err
	}
	out.geoW = report.NewGeoJSON(out.geo)
	return out, nil
}

func (s *set) close() {
	if s == nil {
		return
	}
	for _, p := range s.pairs {
		p.csv.close()
		p.rows.close()
	}
	s.geo.close()
}

// pair returns the files of a table; nil when it is not in the set.
func (s *set) pair(t report.Table) *pair {
	for _, p := range s.pairs {
		if p.table.Name == t.Name {
			return p
		}
	}
	return nil
}

// add writes rows to a table of the set.
func (s *set) add(t report.Table, rows ...[]any) error {
	p := s.pair(t)
	if p == nil {
		return fmt.Errorf("table %s: %w", t.Name, aid.ErrNotFound)
	}
	for _, cells := range rows {
		if err := p.csvW.Row(cells); err != nil {
			return err
		}
		if err := p.rowsW.Row(cells); err != nil {
			return err
		}
		p.csv.rows++
		p.rows.rows++
	}
	return nil
}

// place writes a recipient with what is needed, promised and handed over there.
func (s *set) place(p aid.Place, commitments []aid.Commitment, pack *region.Pack, named bool) error {
	p = report.Public(p, pack)
	if err := s.add(report.RecipientTable, report.RecipientRow(p, pack)); err != nil {
		return err
	}
	if err := s.add(report.NeedTable, report.NeedRows(p, pack)...); err != nil {
		return err
	}
	for _, c := range commitments {
		if err := s.add(report.CommitmentTable, report.CommitmentRows(p, c, pack, named)...); err != nil {
			return err
		}
		if err := s.add(report.DeliveryTable, report.DeliveryRows(p, c, pack)...); err != nil {
			return err
		}
	}
	return s.point(p, pack)
}

// point writes a recipient to the GeoJSON alone.
func (s *set) point(p aid.Place, pack *region.Pack) error {
	s.geo.rows++
	return s.geoW.Place(p, pack)
}

// correct writes corrections.
func (s *set) correct(corrections []leafCorrection) error {
	for _, c := range corrections {
		row := report.CorrectionRow(report.Correction{Leaf: c.leaf.String(), On: c.On.UTC(), Reason: c.Reason, By: c.By})
		if err := s.add(report.CorrectionTable, row); err != nil {
			return err
		}
	}
	return nil
}

// finish ends all files. Nothing may be added then but what take brings.
func (s *set) finish() error {
	for _, p := range s.pairs {
		for _, w := range []report.Writer{p.csvW, p.rowsW} {
			if err := w.Close(); err != nil {
				return fmt.Errorf("write %s: %w", p.table.Name, err)
			}
		}
	}
	if err := s.geoW.Close(); err != nil {
		return fmt.Errorf("write points: %w", err)
	}
	return nil
}

// headSizes says how long the two heading rows of each table's CSV file are.
var headSizes = sync.OnceValue(func() map[string]int64 {
	sizes := map[string]int64{}
	for _, t := range report.Tables {
		var n counted
		// Nothing can fail that only counts.
		_ = report.NewCSV(&n, t).Close()
		sizes[t.Name] = int64(n)
	}
	return sizes
})

type counted int64

func (n *counted) Write(b []byte) (int, error) {
	*n += counted(len(b))
	return len(b), nil
}

// take copies the rows of a finished set of an area inside, as bytes: they are
// written once, whatever is above.
func (s *set) take(inside *set) error {
	for _, from := range inside.pairs {
		to := s.pair(from.table)
		if to == nil {
			continue
		}
		if err := to.csv.take(from.csv, headSizes()[from.table.Name]); err != nil {
			return err
		}
		if err := to.rows.take(from.rows, 0); err != nil {
			return err
		}
	}
	return nil
}

// take copies what another file holds after a number of bytes.
func (m *made) take(from *made, after int64) error {
	in, err := from.reader()
	if err == nil {
		_, err = io.CopyN(io.Discard, in, after)
	}
	if err == nil {
		_, err = io.Copy(m, in)
	}
	if err != nil {
		return fmt.Errorf("copy rows: %w", err)
	}
	m.rows += from.rows
	return nil
}
