package report

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
)

// jsonWriter writes one object for each row.
type jsonWriter struct {
	w     *bufio.Writer
	table Table
	keys  []string // `{"name":`, `,"other":` …
	line  []byte
	err   error
}

// NewJSONL writes a table as JSON Lines: one object for each row, with every
// column in the table's order, numbers as numbers and null for an empty cell.
func NewJSONL(w io.Writer, t Table) Writer {
	return &jsonWriter{w: bufio.NewWriterSize(w, 1<<16), table: t, keys: keys(t)}
}

func keys(t Table) []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = `,"` + c.Name + `":`
	}
	out[0] = "{" + out[0][1:]
	return out
}

func (j *jsonWriter) Row(cells []any) error {
	if j.err != nil {
		return j.err
	}
	if err := fits(j.table, cells); err != nil {
		return err
	}
	j.line = j.line[:0]
	for i, cell := range cells {
		j.line = appendCell(append(j.line, j.keys[i]...), cell)
	}
	_, j.err = j.w.Write(append(j.line, '}', '\n'))
	return j.err
}

func (j *jsonWriter) Close() error {
	if err := j.w.Flush(); j.err == nil {
		j.err = err
	}
	return j.err
}

// appendCell appends a cell as JSON.
func appendCell(b []byte, cell any) []byte {
	switch v := cell.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendText(b, printable(v))
	}
	return appendPlain(b, cell)
}

// appendText appends a JSON string that is also safe inside HTML, and null for
// the empty one: CSV cannot tell the two apart.
func appendText(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	if plain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always encoded
	}
	return append(b, quoted...)
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return !strings.ContainsAny(s, `"\<>&`)
}
