package workbook

import (
	"io"
	"time"

	"ksbb/shared/report"
)

// List writes one table as a workbook for people in an office: its rows, and
// what its columns mean. Columns are headed in Indonesian and instants are on
// the clock of zone. each calls row for every row, in order.
func List(w io.Writer, title string, asOf time.Time, zone *time.Location, t report.Table, each func(row func(cells []any) error) error) error {
	return write(w, title, asOf, func(b *book) error {
		// The rows pass through CSV, as those of every workbook do, so that a cell
		// says the same in both.
		open := func(string) (io.ReadCloser, error) {
			out, in := io.Pipe()
			go func() {
				rows := report.NewCSV(in, t)
				err := each(rows.Row)
				if err == nil {
					err = rows.Close()
				}
				in.CloseWithError(err)
			}()
			return out, nil
		}
		if err := b.table(t, open, byLabel, zone); err != nil {
			return err
		}
		return b.columns([]report.Table{t})
	})
}
