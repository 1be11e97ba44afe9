// Package workbook writes reports and open data as Excel workbooks, from the
// report and the CSV files that were published with it and from nothing else:
// the same files give the same bytes. No cell holds a formula.
//
// Rows go through temporary files, so that a million of them need no more
// memory than a thousand.
package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"ksbb/shared/report"
)

// MaxRows is how many rows of a table one sheet holds, below the 1,048,576 that
// Excel reads. What is more continues on a further sheet.
const MaxRows = 1_000_000

// Open opens the CSV file of a table.
type Open func(table string) (io.ReadCloser, error)

// Tables writes open data as a workbook: what it is about, one sheet for each
// table, and what their columns mean. Columns have their stable names, instants
// are UTC.
func Tables(w io.Writer, title string, asOf time.Time, tables []report.Table, open func(table string) (io.ReadCloser, error)) error {
	return write(w, title, asOf, func(b *book) error {
		s, err := b.sheet("Tentang", 24, 60)
		if err != nil {
			return err
		}
		s.row(b.title, title)
		s.blank()
		s.row(0, "Keadaan per", asOf.UTC().Format("2006-01-02 15:04 UTC"))
		s.row(0, "Lisensi", report.LicenceTitle+" ("+report.LicenceSPDX+"), "+report.LicenceURL)
		s.row(0, "Arti kolom", "lembar \"Kolom\"; berkas yang sama sebagai CSV dengan tagar HXL dan JSON Lines ada di halaman data")
		if err := s.end(); err != nil {
			return err
		}
		for _, t := range tables {
			if err := b.table(t, open, byName, time.UTC); err != nil {
				return err
			}
		}
		return b.columns(tables)
	})
}

// write makes a workbook and writes it to w.
func write(w io.Writer, title string, asOf time.Time, fill func(*book) error) (err error) {
	b := &book{file: excelize.NewFile(), max: MaxRows}
	defer func() {
		if closing := b.file.Close(); err == nil && closing != nil {
			err = fmt.Errorf("remove temporary files of workbook: %w", closing)
		}
	}()
	if err := b.style(); err != nil {
		return err
	}
	made := asOf.UTC().Format(time.RFC3339)
	if err := b.file.SetDocProps(&excelize.DocProperties{
		Title: title, Creator: "KSBB", LastModifiedBy: "KSBB", Created: made, Modified: made, Language: "id-ID",
	}); err != nil {
		return fmt.Errorf("describe workbook: %w", err)
	}
	if err := fill(b); err != nil {
		return err
	}
	archive, err := newArchive(w)
	if err != nil {
		return err
	}
	defer archive.remove()
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return archive })
	// Everything goes through the archive; what excelize itself would write is
	// empty.
	if err := b.file.Write(io.Discard); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// book is a workbook being filled.
type book struct {
	file   *excelize.File
	sheets int
	max    int // rows of a table on one sheet
	styles
}

// styles are the looks of cells, as excelize numbers them.
type styles struct {
	title, heading, header, demo, paragraph, name       int
	text, integer, rupiah, share, degrees, date, moment int
	note                                                int
}

// Colours of the site.
const (
	leaf     = "0B6E4F"
	leafDeep = "084F39"
	sunLight = "FDF0DC"
	sunDeep  = "6B3205"
)

// Formats show numbers as the reader's own Excel separates thousands: 1.642 in
// Indonesia.
const (
	integerFormat = "#,##0"
	rupiahFormat  = `"Rp"#,##0;-"Rp"#,##0`
	shareFormat   = "0.00%"
	degreesFormat = "0.000000"
	dateFormat    = "yyyy-mm-dd"
	momentFormat  = "yyyy-mm-dd hh:mm"
	textFormat    = 49 // "@": a code such as 31.70 stays as it is, also after an edit
)

func (b *book) style() error {
	var err error
	add := func(s excelize.Style) int {
		if err != nil {
			return 0
		}
		var n int
		n, err = b.file.NewStyle(&s)
		return n
	}
	format := func(f string) excelize.Style {
		return excelize.Style{CustomNumFmt: &f, Alignment: &excelize.Alignment{Vertical: "top"}}
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	b.styles = styles{
		title:   add(excelize.Style{Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 16, Color: leafDeep}}),
		heading: add(excelize.Style{Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 13, Color: leafDeep}}),
		header: add(excelize.Style{
			Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 11, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{leaf}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
		}),
		demo: add(excelize.Style{
			Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 11, Color: sunDeep}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{sunLight}},
			Alignment: wrap,
		}),
		paragraph: add(excelize.Style{Alignment: wrap}),
		note:      add(excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 10, Color: "4B5A53"}, Alignment: wrap}),
		text:      add(excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{Vertical: "top"}}),
		integer:   add(format(integerFormat)), rupiah: add(format(rupiahFormat)), share: add(format(shareFormat)),
		degrees: add(format(degreesFormat)), date: add(format(dateFormat)), moment: add(format(momentFormat)),
		name: add(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}),
	}
	if err != nil {
		return fmt.Errorf("style workbook: %w", err)
	}
	return nil
}

// sheet is one sheet being written, row after row. The first failure is kept
// and returned by end.
type sheet struct {
	book *book
	name string
	out  *excelize.StreamWriter
	rows int
	wide int // columns
	err  error
}

// sheet begins the next sheet, with columns of these widths.
func (b *book) sheet(name string, widths ...float64) (*sheet, error) {
	var err error
	if b.sheets == 0 {
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return nil, fmt.Errorf("add sheet %s: %w", name, err)
	}
	b.sheets++
	landscape, a4, fit, free := "landscape", 9, 1, 0
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &fit, FitToHeight: &free}); err != nil {
		return nil, fmt.Errorf("lay out sheet %s: %w", name, err)
	}
	fitted := true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fitted}); err != nil {
		return nil, fmt.Errorf("lay out sheet %s: %w", name, err)
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, fmt.Errorf("add sheet %s: %w", name, err)
	}
	s := &sheet{book: b, name: name, out: out, wide: len(widths)}
	for i, w := range widths {
		if err := out.SetColWidth(i+1, i+1, w); err != nil {
			return nil, fmt.Errorf("lay out sheet %s: %w", name, err)
		}
	}
	return s, nil
}

// put writes the next row.
func (s *sheet) put(cells []any, opts ...excelize.RowOpts) {
	if s.err != nil {
		return
	}
	s.rows++
	s.err = s.out.SetRow(fmt.Sprintf("A%d", s.rows), cells, opts...)
}

// row writes texts in one style.
func (s *sheet) row(style int, texts ...string) {
	cells := make([]any, len(texts))
	for i, t := range texts {
		cells[i] = excelize.Cell{StyleID: style, Value: t}
	}
	s.put(cells)
}

func (s *sheet) blank() { s.put(nil) }

// header writes the names of columns.
func (s *sheet) header(names ...string) {
	cells := make([]any, len(names))
	for i, n := range names {
		cells[i] = excelize.Cell{StyleID: s.book.header, Value: n}
	}
	s.put(cells, excelize.RowOpts{Height: 32})
}

// prose writes a text over the whole width.
func (s *sheet) prose(style int, text string, perLine int) {
	s.put([]any{excelize.Cell{StyleID: style, Value: text}}, excelize.RowOpts{Height: height(text, perLine)})
	s.merge(1, s.wide)
}

// heads begins a sheet of rows with a header that stays in sight.
func (s *sheet) heads(names ...string) {
	s.err = s.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	s.header(names...)
}

// height is that of a row with a text of so many characters per line: Excel does
// not fit merged cells by itself.
func height(text string, perLine int) float64 {
	const line, tallest = 15.5, 400
	return min(tallest, line*float64(1+len([]rune(text))/perLine)+2)
}

// merge makes one cell of some of the last row.
func (s *sheet) merge(from, to int) {
	if s.err != nil || from >= to {
		return
	}
	first, err := excelize.CoordinatesToCellName(from, s.rows)
	if err != nil {
		s.err = err
		return
	}
	last, err := excelize.CoordinatesToCellName(to, s.rows)
	if err != nil {
		s.err = err
		return
	}
	s.err = s.out.MergeCell(first, last)
}

func (s *sheet) end() error {
	if s.err == nil {
		s.err = s.out.Flush()
	}
	if s.err != nil {
		return fmt.Errorf("write sheet %s: %w", s.name, s.err)
	}
	return nil
}

// naming says what stands over a column.
type naming func(c report.Column, zone *time.Location) string

// byName is for programs.
func byName(c report.Column, _ *time.Location) string { return c.Name }

// byLabel is for people, who need the zone of an instant.
func byLabel(c report.Column, zone *time.Location) string {
	if c.Type == report.DateTime {
		return c.Label + " (" + zone.String() + ")"
	}
	return c.Label
}

// table writes the sheets of a table: its rows under a header that stays in
// sight, with a filter on every column.
func (b *book) table(t report.Table, open Open, name naming, zone *time.Location) error {
	file, err := open(t.Name)
	if err != nil {
		return fmt.Errorf("open %s for workbook: %w", t.Name, err)
	}
	defer file.Close()
	s, err := b.tableSheet(t, 1, name, zone)
	if err != nil {
		return err
	}
	part := 1
	// One row is filled again and again; excelize has written it before the next.
	row, line := make([]excelize.Cell, len(t.Columns)), make([]any, len(t.Columns))
	if err := report.ReadCSV(file, t, func(cells []any) error {
		if s.rows > b.max {
			if err := s.filtered(); err != nil {
				return err
			}
			part++
			if s, err = b.tableSheet(t, part, name, zone); err != nil {
				return err
			}
		}
		for i, c := range t.Columns {
			if line[i] = nil; cells[i] == nil {
				continue
			}
			if row[i], err = b.cell(c, cells[i], zone); err != nil {
				return fmt.Errorf("row %d of %s: %w", s.rows, t.Name, err)
			}
			line[i] = &row[i]
		}
		s.put(line)
		return s.err
	}); err != nil {
		return err
	}
	return s.filtered()
}

func (b *book) tableSheet(t report.Table, part int, name naming, zone *time.Location) (*sheet, error) {
	title := t.TitleID
	if part > 1 {
		title = fmt.Sprintf("%s (%d)", t.TitleID, part)
	}
	widths, names := make([]float64, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		widths[i], names[i] = width(c), name(c, zone)
	}
	s, err := b.sheet(title, widths...)
	if err != nil {
		return nil, err
	}
	s.heads(names...)
	return s, nil
}

// filtered ends a sheet of rows under a header.
func (s *sheet) filtered() error {
	if s.err == nil {
		last, err := excelize.CoordinatesToCellName(s.wide, s.rows)
		if err == nil {
			err = s.book.file.AutoFilter(s.name, "A1:"+last, nil)
		}
		s.err = err
	}
	return s.end()
}

// cell returns a cell as Excel holds it: numbers as numbers, days and instants
// as Excel's own, texts and codes as texts.
func (b *book) cell(c report.Column, cell any, zone *time.Location) (excelize.Cell, error) {
	style := b.text
	switch c.Type {
	case report.Integer:
		if style = b.integer; strings.HasSuffix(c.Name, "_idr") {
			style = b.rupiah
		}
	case report.Number:
		if style = b.degrees; strings.HasSuffix(c.HXL, "+pct") {
			style = b.share
		}
	case report.Date, report.DateTime:
		layout := time.DateOnly
		if style = b.date; c.Type == report.DateTime {
			layout, style = time.RFC3339, b.moment
		}
		t, err := time.Parse(layout, cell.(string))
		if err != nil {
			return excelize.Cell{}, fmt.Errorf("column %s: %w", c.Name, err)
		}
		if c.Type == report.DateTime {
			t = t.In(zone)
		}
		cell = serial(t)
	}
	return excelize.Cell{StyleID: style, Value: cell}, nil
}

// serial is how Excel counts: days since 30 December 1899, as the clock on the
// wall shows them.
func serial(t time.Time) float64 {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

func width(c report.Column) float64 {
	switch {
	case strings.HasSuffix(c.Name, "_idr"):
		return 18
	case c.Type == report.DateTime:
		return 19
	case c.Type != report.String:
		return 13
	case strings.HasSuffix(c.Name, "_name"), c.Name == "description", c.Name == "collaborator", c.Name == "address", c.Name == "reason":
		return 28
	}
	return 18
}

// columns writes what the columns of the tables mean.
func (b *book) columns(tables []report.Table) error {
	s, err := b.sheet("Kolom", 14, 30, 32, 34, 12, 70, 70)
	if err != nil {
		return err
	}
	s.heads("Lembar", "Kolom", "Nama tetap", "HXL", "Jenis", "Arti", "Meaning")
	for _, t := range tables {
		for _, c := range t.Columns {
			s.put([]any{
				t.TitleID, c.Label, c.Name, c.HXL, string(c.Type),
				excelize.Cell{StyleID: b.paragraph, Value: c.ID}, excelize.Cell{StyleID: b.paragraph, Value: c.EN},
			})
		}
	}
	return s.filtered()
}
