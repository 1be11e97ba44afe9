package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Writer writes the rows of a table to a file. Row takes one cell for each
// column; Close ends the file and does not close what it is written to. A
// Writer is for one goroutine.
type Writer interface {
	Row(cells []any) error
	Close() error
}

// csvWriter writes RFC 4180: a comma, CRLF, quotes only where they must be.
//
// There is no byte order mark. Excel would need one to see UTF-8, but Excel in
// Indonesian expects semicolons too and puts such a file into one column either
// way: whoever uses it takes the workbook that lies beside every CSV file. For
// programs, the mark would become part of the first column's name.
type csvWriter struct {
	w     *bufio.Writer
	table Table
	line  []byte
	err   error
}

// NewCSV writes a table as CSV: the header, a row of HXL tags, then the rows. An
// empty cell is nil or the empty text.
//
// A text that a spreadsheet would run as a formula gets an apostrophe in front,
// see [Guard]; [ReadCSV] takes it away again. JSON has the text as it is.
func NewCSV(w io.Writer, t Table) Writer {
	c := &csvWriter{w: bufio.NewWriterSize(w, 1<<16), table: t}
	c.head(func(c Column) string { return c.Name })
	c.head(func(c Column) string { return c.HXL })
	return c
}

// NewList writes a table as CSV for people in an office, who open it themselves:
// as [NewCSV] does, without the row of tags. Where they ask for it the file
// begins with a byte order mark, by which Excel sees that it is UTF-8.
func NewList(w io.Writer, t Table, mark bool) Writer {
	c := &csvWriter{w: bufio.NewWriterSize(w, 1<<16), table: t}
	if mark {
		_, c.err = c.w.WriteString("\ufeff")
	}
	c.head(func(c Column) string { return c.Name })
	return c
}

// head writes a row about the columns.
func (c *csvWriter) head(of func(Column) string) {
	c.line = c.line[:0]
	for i, col := range c.table.Columns {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		c.line = append(c.line, of(col)...)
	}
	c.write()
}

func (c *csvWriter) write() {
	if c.err == nil {
		_, c.err = c.w.Write(append(c.line, '\r', '\n'))
	}
}

func (c *csvWriter) Row(cells []any) error {
	if c.err != nil {
		return c.err
	}
	if err := fits(c.table, cells); err != nil {
		return err
	}
	c.line = c.line[:0]
	for i, cell := range cells {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		if s, ok := cell.(string); ok {
			c.line = appendField(c.line, Guard(printable(s)))
			continue
		}
		c.line = appendPlain(c.line, cell)
	}
	c.write()
	return c.err
}

func (c *csvWriter) Close() error {
	if err := c.w.Flush(); c.err == nil {
		c.err = err
	}
	return c.err
}

var textual = []Type{String, Date, DateTime}

// fits tells whether a row has the cells that the table says.
func fits(t Table, cells []any) error {
	if len(cells) != len(t.Columns) {
		return fmt.Errorf("row of %s has %d cells for %d columns", t.Name, len(cells), len(t.Columns))
	}
	for i, cell := range cells {
		ok := false
		switch v := cell.(type) {
		case nil:
			ok = !t.Columns[i].Required
		case string:
			ok = (v != "" || !t.Columns[i].Required) && slices.Contains(textual, t.Columns[i].Type)
		case int64:
			ok = t.Columns[i].Type == Integer
		case float64:
			ok = t.Columns[i].Type == Number
		case bool:
			ok = t.Columns[i].Type == Boolean
		}
		if !ok {
			return fmt.Errorf("row of %s: column %s is %s and cannot hold %#v", t.Name, t.Columns[i].Name, t.Columns[i].Type, cell)
		}
	}
	return nil
}

// appendPlain appends a cell that is no text as CSV and JSON both spell it; nil
// is nothing at all.
func appendPlain(b []byte, cell any) []byte {
	switch v := cell.(type) {
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(b, v)
	}
	return b
}

func appendField(b []byte, s string) []byte {
	// A space at an end is quoted too: some readers trim what is bare.
	if !strings.ContainsAny(s, "\",\n\r") && (s == "" || s[0] != ' ' && s[len(s)-1] != ' ') {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// Guard returns a text as it may stand in a spreadsheet. What begins like a
// formula gets an apostrophe in front, by which Excel, LibreOffice and Google
// Sheets show a cell as it is written: whatever follows spaces, invisible
// characters and quotes and is one of = + - @, in full width too, or a tab or
// line break. So does what follows a semicolon, a tab or a line break within:
// an Excel that expects semicolons begins a new cell there, whatever the quotes
// say. A text that merely begins with an apostrophe, as 'Aisyiyah does, stays as
// it is.
func Guard(s string) string {
	return guarded(s, func(b []byte, segment string) []byte { return append(append(b, '\''), segment...) })
}

// Unguard returns the text that Guard was given.
func Unguard(s string) string {
	return guarded(s, func(b []byte, segment string) []byte {
		return append(b, strings.TrimPrefix(segment, "'")...)
	})
}

const separators = ";\t\n"

// guarded returns s with every segment that a spreadsheet might run changed.
func guarded(s string, change func(b []byte, segment string) []byte) string {
	var b []byte
	kept := 0 // how much of s is in b
	for start := 0; start < len(s); {
		end := start + 1 + strings.IndexAny(s[start:], separators)
		if end == start {
			end = len(s)
		}
		if runs(s[start:end], start == 0) {
			b = change(append(b, s[kept:start]...), s[start:end])
			kept = end
		}
		start = end
	}
	if kept == 0 {
		return s
	}
	return string(append(b, s[kept:]...))
}

// runs tells whether a segment, with any apostrophes in front taken away, could
// be taken for a formula.
func runs(segment string, first bool) bool {
	for _, r := range strings.TrimLeft(segment, "'") {
		switch r {
		case '=', '+', '-', '@', '＝', '＋', '－', '＠':
			return true
		case '\t', '\n', '\r':
			return first
		}
		// Quotes that were cut out of a quoted cell enclose nothing any more.
		if r != '"' && !unicode.IsSpace(r) && unicode.IsGraphic(r) {
			return false
		}
	}
	return false
}

// printable returns a text as every format can hold it, so that a cell says the
// same in all of them: valid UTF-8, line breaks as \n, and no other control
// character but the tab.
func printable(s string) string {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] >= 0x20 && s[i] < 0x7f
	}
	if plain {
		return s
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\uFFFE' || r == '\uFFFF':
			return '\uFFFD' // XML has no such characters
		case r != '\n' && r != '\t' && unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// ReadCSV reads what NewCSV wrote and calls each for every row, in order. The
// cells are valid until it returns. A file with other columns than the table's
// is refused, and so is a cell of another type.
func ReadCSV(r io.Reader, t Table, each func(cells []any) error) error {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	in.FieldsPerRecord = len(t.Columns)
	for n, of := range []func(Column) string{func(c Column) string { return c.Name }, func(c Column) string { return c.HXL }} {
		head, err := in.Read()
		if err != nil {
			return fmt.Errorf("read header %d of %s: %w", n+1, t.Name, noEOF(err))
		}
		for i, c := range t.Columns {
			if head[i] != of(c) {
				return fmt.Errorf("read header %d of %s: column %d is %q, want %q", n+1, t.Name, i+1, head[i], of(c))
			}
		}
	}
	cells := make([]any, len(t.Columns))
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			if cells[i], err = parse(c, record[i]); err != nil {
				line, _ := in.FieldPos(i)
				return fmt.Errorf("read %s, line %d, column %s: %w", t.Name, line, c.Name, err)
			}
		}
		if err := each(cells); err != nil {
			return err
		}
	}
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func parse(c Column, field string) (any, error) {
	if field == "" {
		if c.Required {
			return nil, errors.New("is empty")
		}
		return nil, nil
	}
	switch c.Type {
	case Integer:
		return strconv.ParseInt(field, 10, 64)
	case Number:
		return strconv.ParseFloat(field, 64)
	case Boolean:
		return strconv.ParseBool(field)
	}
	return Unguard(field), nil
}
