// Package sheet reads tables that people keep in spreadsheets, row by row: CSV
// as the programs of this world write it, and XLSX. What it holds at once does
// not grow with the number of rows. It does not know what a row means, and it
// guesses no value: what cannot be trusted is a row with a problem.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits that no honest table comes near.
const (
	MaxColumns = 200
	// MaxRecord is the longest row of a CSV, in bytes.
	MaxRecord = 256 << 10
	// maxText is the longest text in an XLSX, and all of its shared texts.
	maxText   = 1 << 20
	maxShared = 64 << 20
	// maxUnpacked is how large one part of an XLSX may become.
	maxUnpacked = 512 << 20
	maxParts    = 2_000
)

// Row is one row of a table.
type Row struct {
	// Number counts from 1, empty rows too, as a spreadsheet shows it.
	Number int
	// Cells are texts as typed; numbers with a decimal point, days as
	// YYYY-MM-DD. They end with the last one that is not empty.
	Cells []string
	// Problem is set when the row cannot be trusted.
	Problem *Problem
}

// Empty tells whether nothing stands in the row.
func (r Row) Empty() bool { return len(r.Cells) == 0 && r.Problem == nil }

// Problem is what is wrong with one row as a row, whatever it means.
type Problem struct {
	Kind   Kind
	Column int    // from 0; -1 for the whole row
	Value  string // of the cell, if it helps, cut short
}

// Kind is what is wrong with a row.
type Kind string

// The problems of rows.
const (
	TooLong  Kind = "too-long"   // longer than MaxRecord
	TooWide  Kind = "too-wide"   // more cells than MaxColumns
	Quote    Kind = "quote"      // a quote is opened and never closed
	Null     Kind = "null"       // holds a NUL character
	Encoding Kind = "encoding"   // bytes that are no text in the encoding of the file
	Formula  Kind = "formula"    // a cell that is calculated
	Fault    Kind = "cell-error" // a cell that shows #REF! and the like
)

// Refusal is why a file as a whole is not read.
type Refusal string

// The refusals.
const (
	NoTable   Refusal = "no-table"   // neither CSV nor XLSX
	OldExcel  Refusal = "old-excel"  // XLS, or XLSX with a password
	Empty     Refusal = "empty"      // no row with anything in it
	Broken    Refusal = "broken"     // an XLSX that cannot be read to its end
	Exploding Refusal = "exploding"  // an XLSX that unpacks to more than any table needs
	NoCharset Refusal = "no-charset" // not an encoding that is known
)

func (r Refusal) Error() string { return "table refused: " + string(r) }

// Format is what a file was found to be.
type Format struct {
	Kind      string // "csv" or "xlsx"
	Encoding  string // of a CSV: "utf-8", "utf-16le", "utf-16be" or "windows-1252"
	Separator rune   // of a CSV
	Sheet     string // of an XLSX: the name of the sheet that is read
}

// Options say what is known beforehand.
type Options struct {
	// Encoding of a CSV; empty to find out.
	Encoding string
	// Heads tells whether a row is the one with the headers that are looked for.
	// Of several sheets the first one that begins with such a row is read, else the
	// first one with anything in it. It may be nil.
	Heads func(cells []string) bool
}

// Reader reads one table. It is not safe for concurrent use.
type Reader struct {
	format Format
	next   func() (Row, error)
	close  func() error
}

// Open finds out what a file is and reads it from its beginning. A file that is
// no table wraps a [Refusal].
func Open(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	head := make([]byte, min(size, 8))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read table: %w", err)
	}
	switch {
	case size == 0:
		return nil, Empty
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return openWorkbook(file, size, o)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, OldExcel
	}
	return openText(file, size, o)
}

// Format tells what the file was found to be.
func (r *Reader) Format() Format { return r.format }

// Next returns the next row, also an empty one, and io.EOF after the last. An
// error that wraps a [Refusal] says that the rest of the file cannot be read.
func (r *Reader) Next() (Row, error) { return r.next() }

// Close lets go of what reading took.
func (r *Reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// trimmed cuts empty cells off the end of a row.
func trimmed(cells []string) []string {
	n := len(cells)
	for n > 0 && cells[n-1] == "" {
		n--
	}
	return cells[:n]
}

// cut shortens a value for a message.
func cut(s string) string {
	const most = 60
	if runes := []rune(s[:min(len(s), 4*most)]); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s[:min(len(s), 4*most)]
}

// formula tells whether a typed text would be calculated by a spreadsheet and is
// no number: "=A1+B1", "@SUM(…)", "+A1", but not "+62 812" or "-6,2".
func formula(s string) bool {
	switch {
	case s == "":
		return false
	case s[0] == '=' || s[0] == '@' && strings.Contains(s, "("):
		return true
	case s[0] == '+' || s[0] == '-':
		return strings.ContainsAny(s, "!$") || strings.Contains(s, "(") && strings.IndexFunc(s, letter) >= 0
	}
	return false
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
