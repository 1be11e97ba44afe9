package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// charsets are the encodings that spreadsheets in use write CSV in.
var charsets = map[string]encoding.Encoding{
	"utf-8":        encoding.Nop,
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"windows-1252": charmap.Windows1252,
}

// openText reads a CSV.
func openText(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	charset, skip, err := charsetOf(file, size)
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	if o.Encoding != "" {
		charset = strings.ToLower(o.Encoding)
	}
	decoder, known := charsets[charset]
	if !known {
		return nil, NoCharset
	}
	whole := io.NewSectionReader(file, skip, size-skip)
	c := &csvReader{utf8: charset == "utf-8"}
	var decoded io.Reader = whole
	if !c.utf8 {
		decoded = decoder.NewDecoder().Reader(whole)
	}
	c.in = bufio.NewReaderSize(decoded, MaxRecord)
	if err := c.findSeparator(); err != nil {
		return nil, err
	}
	return &Reader{format: Format{Kind: "csv", Encoding: charset, Separator: rune(c.separator)}, next: c.row}, nil
}

// charsetOf finds the encoding of a text from all of it, and how many bytes of a
// byte order mark stand in front.
func charsetOf(file io.ReaderAt, size int64) (string, int64, error) {
	head := make([]byte, min(size, 4))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", 0, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8", 3, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le", 2, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be", 2, nil
	}
	var nulls [2]int64 // at even and odd places
	var proper, broken int64
	in := bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 64<<10)
	for at := int64(0); ; {
		r, n, err := in.ReadRune()
		if err != nil {
			break // the section's end; what cannot be read fails again below
		}
		switch {
		case r == 0:
			nulls[at%2]++
		case r == utf8.RuneError && n == 1:
			broken++
		case n > 1:
			proper++
		}
		at += int64(n)
	}
	switch {
	// Text in a Latin script has every other byte empty there.
	case nulls[1] > size/4 && nulls[0] < nulls[1]/8:
		return "utf-16le", 0, nil
	case nulls[0] > size/4 && nulls[1] < nulls[0]/8:
		return "utf-16be", 0, nil
	// A few broken bytes among proper ones are damage, and their rows are refused.
	case broken > proper:
		return "windows-1252", 0, nil
	}
	return "utf-8", 0, nil
}

// csvReader splits a decoded text into records and those into cells.
type csvReader struct {
	in        *bufio.Reader
	separator byte
	utf8      bool
	number    int
}

// mostBreaks is how many line breaks a row holds within its quotes, "\r\n" being
// two: no name or address is that long.
const mostBreaks = 40

// separators that a CSV may have, in order of preference where several fit.
const separators = ";,\t|"

// findSeparator looks at the first row with anything in it. "sep=;" alone in a
// row is how Excel is told, and no row of the table.
func (c *csvReader) findSeparator() error {
	text, err := c.in.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) && len(text) == 0 {
		return fmt.Errorf("read table: %w", err)
	}
	line := firstLine(text)
	if rest, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r\n"), []byte("sep=")); ok && len(rest) == 1 && strings.IndexByte(separators, rest[0]) >= 0 {
		c.separator, c.number = rest[0], 1
		_, err := c.in.Discard(bytes.Index(text, line) + len(line))
		return err
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return Empty
	}
	best := -1
	for i := range len(separators) {
		if n := outside(line, separators[i]); n > best {
			best, c.separator = n, separators[i]
		}
	}
	// What has more control characters than words is a picture, not a table.
	control := 0
	for _, b := range text {
		if b < ' ' && strings.IndexByte("\t\r\n\x00", b) < 0 {
			control++
		}
	}
	if control > len(text)/8 {
		return NoTable
	}
	return nil
}

// firstLine returns the first line with anything in it, with its end.
func firstLine(text []byte) []byte {
	for len(text) > 0 {
		n := bytes.IndexAny(text, "\r\n") + 1
		switch {
		case n == 0:
			n = len(text)
		case n < len(text) && text[n-1] == '\r' && text[n] == '\n':
			n++
		}
		if len(bytes.TrimSpace(text[:n])) > 0 {
			return text[:n]
		}
		text = text[n:]
	}
	return nil
}

// outside counts a byte where no quote encloses it.
func outside(line []byte, b byte) int {
	n, quoted := 0, false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		} else if c == b && !quoted {
			n++
		}
	}
	return n
}

// row returns the next record.
func (c *csvReader) row() (Row, error) {
	record, trouble, err := c.record()
	if err != nil {
		return Row{}, err
	}
	c.number++
	r := Row{Number: c.number}
	switch {
	case trouble != "":
		r.Problem = &Problem{Kind: trouble, Column: -1, Value: cut(strings.ToValidUTF8(string(record[:min(len(record), 80)]), "\uFFFD"))}
		return r, nil
	case bytes.IndexByte(record, 0) >= 0:
		r.Problem = &Problem{Kind: Null, Column: -1}
		return r, nil
	case c.utf8 && !utf8.Valid(record):
		r.Problem = &Problem{Kind: Encoding, Column: -1, Value: cut(strings.ToValidUTF8(string(record), "\uFFFD"))}
		return r, nil
	}
	cells := c.cells(string(record))
	if len(cells) > MaxColumns {
		r.Problem = &Problem{Kind: TooWide, Column: -1}
		return r, nil
	}
	for i, cell := range cells {
		if kind := c.suspect(cell, len(cells)); kind != "" {
			r.Problem = &Problem{Kind: kind, Column: i, Value: cut(cell)}
			break
		}
	}
	r.Cells = trimmed(cells)
	return r, nil
}

// suspect says what a cell is that no value is: something calculated, or whole
// rows between two stray quotes, which hold as many separators as a row has.
func (c *csvReader) suspect(cell string, cells int) Kind {
	switch {
	case formula(cell):
		return Formula
	case strings.ContainsAny(cell, "\r\n") && strings.Count(cell, string(c.separator)) >= max(2, cells-1):
		return Quote
	}
	return ""
}

// record returns the bytes of the next record without its line break. They are
// good until the next call. A record with trouble is as much of it as was kept.
//
// Where a quote is opened and not closed within MaxRecord or mostBreaks, the
// record ends with its first line: one stray quote costs one row, not the rest of
// the file, and two not all the rows between them.
func (c *csvReader) record() (record []byte, trouble Kind, err error) {
	state, at, firstBreak, breaks := cellStart, 0, -1, 0
	for {
		text, err := c.in.Peek(max(c.in.Buffered(), 1))
		if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0) {
			return nil, "", end(err)
		}
		for ; at < len(text); at++ {
			if text[at] == '\n' || text[at] == '\r' {
				if firstBreak < 0 {
					firstBreak = at
				}
				if state != cellQuoted {
					return c.take(text, at), "", nil
				}
				if breaks++; breaks > mostBreaks {
					return c.take(text, firstBreak), Quote, nil
				}
			}
			state = state.after(text[at], c.separator)
		}
		if len(text) >= MaxRecord {
			break
		}
		if _, err := c.in.Peek(len(text) + 1); err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, "", end(err)
			}
			text, _ = c.in.Peek(c.in.Buffered()) // looking further may have moved the bytes
			if state != cellQuoted {
				_, _ = c.in.Discard(len(text))
				return text, "", nil
			}
			if firstBreak >= 0 {
				return c.take(text, firstBreak), Quote, nil
			}
			_, _ = c.in.Discard(len(text))
			return text, Quote, nil
		}
	}
	text, _ := c.in.Peek(c.in.Buffered())
	if state == cellQuoted && firstBreak >= 0 {
		return c.take(text, firstBreak), Quote, nil
	}
	kept := slices.Clone(text[:80])
	for { // past the rest of a line that nobody can use
		text, err := c.in.Peek(max(c.in.Buffered(), 1))
		if len(text) == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, "", err
			}
			return kept, TooLong, nil
		}
		if i := bytes.IndexAny(text, "\r\n"); i >= 0 {
			c.take(text, i)
			return kept, TooLong, nil
		}
		_, _ = c.in.Discard(len(text))
		if _, err := c.in.Peek(1); err != nil && !errors.Is(err, io.EOF) {
			return nil, "", err
		}
	}
}

// cellState is where in a cell a reader stands. A quote encloses only where a
// cell begins with it: 5" pipes are a thing.
type cellState int

const (
	cellStart cellState = iota
	cellPlain
	cellQuoted
	cellClosed // behind a quote that may have been the closing one
)

func (s cellState) after(b, separator byte) cellState {
	switch {
	case s == cellQuoted && b == '"':
		return cellClosed
	case s == cellQuoted:
		return cellQuoted
	case b == separator:
		return cellStart
	case b == '"' && s != cellPlain:
		return cellQuoted
	case s == cellStart && b == ' ':
		return cellStart
	}
	return cellPlain
}

// take returns the text up to a line break and moves past that: "\n", "\r\n" or,
// as old programs write it, "\r" alone.
func (c *csvReader) take(text []byte, at int) []byte {
	if text[at] == '\r' {
		if at+1 == len(text) {
			record := slices.Clone(text[:at]) // looking further may move the bytes
			_, _ = c.in.Discard(at + 1)
			if next, err := c.in.Peek(1); err == nil && next[0] == '\n' {
				_, _ = c.in.Discard(1)
			}
			return record
		}
		if text[at+1] == '\n' {
			_, _ = c.in.Discard(at + 2)
			return text[:at]
		}
	}
	_, _ = c.in.Discard(at + 1)
	return text[:at]
}

// end keeps io.EOF as it is: callers compare it.
func end(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("read table: %w", err)
}

// cells splits a record. A quote inside a cell that does not begin with one is a
// character like any other. Space around a cell means nothing.
func (c *csvReader) cells(record string) []string {
	var cells []string
	for {
		rest := strings.TrimLeft(record, " ")
		if !strings.HasPrefix(rest, `"`) {
			cell, after, more := strings.Cut(record, string(c.separator))
			cells = append(cells, clean(cell))
			if !more {
				return cells
			}
			record = after
			continue
		}
		var cell strings.Builder
		rest = rest[1:]
		for {
			i := strings.IndexByte(rest, '"')
			if i < 0 {
				cell.WriteString(rest)
				rest = ""
				break
			}
			cell.WriteString(rest[:i])
			rest = rest[i+1:]
			if !strings.HasPrefix(rest, `"`) {
				break
			}
			cell.WriteByte('"')
			rest = rest[1:]
		}
		tail, after, more := strings.Cut(rest, string(c.separator))
		cells = append(cells, clean(cell.String()+tail))
		if !more {
			return cells
		}
		record = after
	}
}

// clean takes away what stands around a value and is none of it.
func clean(cell string) string { return strings.Trim(cell, " \t\r\n\u00a0\ufeff") }
