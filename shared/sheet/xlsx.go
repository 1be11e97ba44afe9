package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
)

// workbook is an XLSX that is read as a stream. A library that opens workbooks
// as a whole would say what a cell shows, and not, without holding the sheet,
// which cells are calculated.
type workbook struct {
	parts    map[string]*zip.File
	shared   []string
	days     []bool // by style: is a number a day?
	from1904 bool
}

// openWorkbook finds the sheet to read.
func openWorkbook(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return nil, fmt.Errorf("open workbook: %v: %w", err, Broken)
	}
	if len(archive.File) > maxParts {
		return nil, Exploding
	}
	w := &workbook{parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		w.parts[strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")] = f
	}
	sheets, err := w.sheets()
	if err != nil {
		return nil, err
	}
	if err := w.readShared(); err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	chosen, filled := -1, -1
	for i, s := range sheets {
		head, err := w.head(s.part)
		if err != nil {
			return nil, err
		}
		if len(head) > 0 && filled < 0 {
			filled = i
		}
		if len(head) > 0 && (o.Heads == nil || o.Heads(head)) {
			chosen = i
			break
		}
	}
	switch {
	case chosen < 0 && filled < 0:
		return nil, Empty
	case chosen < 0:
		chosen = filled
	}
	s, err := w.open(sheets[chosen].part)
	if err != nil {
		return nil, err
	}
	return &Reader{format: Format{Kind: "xlsx", Sheet: sheets[chosen].name}, next: s.row, close: s.in.Close}, nil
}

// head returns the first row of a sheet with anything in it.
func (w *workbook) head(part string) ([]string, error) {
	s, err := w.open(part)
	if err != nil {
		return nil, err
	}
	defer s.in.Close()
	for {
		row, err := s.row()
		if err != nil || len(row.Cells) > 0 {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return row.Cells, err
		}
	}
}

type sheetRef struct{ name, part string }

// sheets lists the sheets that people see, in their order.
func (w *workbook) sheets() ([]sheetRef, error) {
	var relations struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := w.decode("xl/_rels/workbook.xml.rels", 1<<20, &relations); err != nil {
		return nil, err
	}
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Exact string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode("xl/workbook.xml", 1<<20, &book); err != nil {
		return nil, err
	}
	w.from1904 = book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"
	targets := map[string]string{}
	for _, r := range relations.Relationship {
		target := r.Target
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		targets[r.ID] = strings.TrimPrefix(target, "/")
	}
	var sheets []sheetRef
	for _, s := range book.Sheets {
		part := targets[s.ID+s.Exact]
		if _, there := w.parts[part]; there && s.State != "hidden" && s.State != "veryHidden" && !strings.Contains(part, "chartsheet") {
			sheets = append(sheets, sheetRef{s.Name, part})
		}
	}
	if len(sheets) == 0 {
		return nil, fmt.Errorf("workbook without sheets: %w", Broken)
	}
	return sheets, nil
}

// decode reads a part of at most so many bytes as a whole.
func (w *workbook) decode(name string, most int64, into any) error {
	f, ok := w.parts[name]
	if !ok {
		return fmt.Errorf("workbook without %s: %w", name, Broken)
	}
	in, err := unpack(f, most)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := xml.NewDecoder(in).Decode(into); err != nil {
		return broken(name, err)
	}
	return nil
}

// broken tells a bomb from a file that was damaged.
func broken(part string, err error) error {
	if errors.Is(err, Exploding) {
		return fmt.Errorf("read %s: %w", part, Exploding)
	}
	return fmt.Errorf("read %s: %v: %w", part, err, Broken)
}

// readShared reads the texts that cells name by number.
func (w *workbook) readShared() error {
	const name = "xl/sharedStrings.xml"
	f, ok := w.parts[name]
	if !ok {
		return nil
	}
	in, err := unpack(f, maxUnpacked)
	if err != nil {
		return err
	}
	defer in.Close()
	dec := xml.NewDecoder(in)
	total := 0
	var text strings.Builder
	reading, inside := false, 0 // inside phonetic hints, which nobody typed
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(name, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "t":
				reading = inside == 0
			case "rPh":
				inside++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				w.shared = append(w.shared, text.String())
				if total += text.Len() + 16; total > maxShared {
					return Exploding
				}
			case "t":
				reading = false
			case "rPh":
				inside--
			}
		case xml.CharData:
			if reading {
				text.Write(t)
			}
		}
	}
}

// readStyles finds the styles in which a number is a day.
func (w *workbook) readStyles() error {
	if _, ok := w.parts["xl/styles.xml"]; !ok {
		return nil
	}
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode("xl/styles.xml", 4<<20, &styles); err != nil {
		return err
	}
	own := map[int]bool{}
	for _, f := range styles.Formats {
		own[f.ID] = dayFormat(f.Code)
	}
	for _, c := range styles.Cells {
		day, known := own[c.Format]
		w.days = append(w.days, known && day || !known && (c.Format >= 14 && c.Format <= 17 || c.Format == 22 || c.Format >= 27 && c.Format <= 36 || c.Format >= 50 && c.Format <= 58))
	}
	return nil
}

// dayFormat tells whether a number format shows a year or a day.
func dayFormat(code string) bool {
	quoted, bracket := false, false
	for i, r := range strings.ToLower(code) {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '[' || r == ']':
			bracket = r == '['
		case !quoted && !bracket && (r == 'y' || r == 'd') && (i == 0 || code[i-1] != '\\'):
			return true
		}
	}
	return false
}

// unpack reads a part, and no more of it than limit bytes.
func unpack(f *zip.File, limit int64) (io.ReadCloser, error) {
	in, err := f.Open()
	if err != nil {
		return nil, broken(f.Name, err)
	}
	return &careful{in: in, left: limit}, nil
}

// careful ends with Exploding when too much comes, or one piece of markup or
// text is longer than any table needs: the decoder would hold it whole.
type careful struct {
	in    io.ReadCloser
	left  int64
	since int
}

func (c *careful) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, Exploding
	}
	for _, b := range p[:n] {
		if c.since++; b == '<' {
			c.since = 0
		} else if c.since > maxText {
			return 0, Exploding
		}
	}
	return n, err
}

func (c *careful) Close() error { return c.in.Close() }

// sheetReader reads the rows of one sheet.
type sheetReader struct {
	book   *workbook
	name   string
	in     io.ReadCloser
	dec    *xml.Decoder
	number int  // of the last row that was read
	held   *Row // read ahead: rows before it are empty
}

func (w *workbook) open(part string) (*sheetReader, error) {
	in, err := unpack(w.parts[part], maxUnpacked)
	if err != nil {
		return nil, err
	}
	return &sheetReader{book: w, name: part, in: in, dec: xml.NewDecoder(in)}, nil
}

// row returns the next row. Rows that the file leaves out are empty, but no
// more of them than a person scrolls past.
func (s *sheetReader) row() (Row, error) {
	const mostEmpty = 1_000
	if s.held == nil {
		r, err := s.read()
		if err != nil {
			return Row{}, err
		}
		s.held = &r
	}
	if s.held.Number > s.number+1 && s.held.Number <= s.number+mostEmpty {
		s.number++
		return Row{Number: s.number}, nil
	}
	r := *s.held
	s.held, s.number = nil, r.Number
	return r, nil
}

// read decodes the next row that the file holds.
func (s *sheetReader) read() (Row, error) {
	for {
		token, err := s.dec.RawToken()
		if errors.Is(err, io.EOF) {
			return Row{}, io.EOF
		}
		if err != nil {
			return Row{}, broken(s.name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		r := Row{Number: s.number + 1}
		if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > s.number && n < math.MaxInt32 {
			r.Number = n
		}
		return r, s.cells(&r)
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// cells decodes a row up to its end.
func (s *sheetReader) cells(r *Row) error {
	var kind, style string
	var value strings.Builder
	column, reading, calculated := -1, false, false
	for {
		token, err := s.dec.RawToken()
		if err != nil {
			return broken(s.name, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "c":
				kind, style, calculated = attribute(t, "t"), attribute(t, "s"), false
				value.Reset()
				column++
				if at, ok := columnOf(attribute(t, "r")); ok {
					column = at
				}
			case "v", "t":
				reading = true
			case "f":
				calculated = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "row":
				r.Cells = trimmed(r.Cells)
				return nil
			case "v", "t":
				reading = false
			case "c":
				s.put(r, column, kind, style, value.String(), calculated)
			}
		case xml.CharData:
			if reading {
				value.Write(t)
			}
		}
	}
}

// put adds a cell to a row.
func (s *sheetReader) put(r *Row, column int, kind, style, raw string, calculated bool) {
	problem := func(k Kind, value string) {
		if r.Problem == nil {
			r.Problem = &Problem{Kind: k, Column: column, Value: cut(value)}
		}
	}
	if column < 0 || column >= MaxColumns {
		if raw != "" {
			problem(TooWide, "")
		}
		return
	}
	for len(r.Cells) <= column {
		r.Cells = append(r.Cells, "")
	}
	if calculated {
		problem(Formula, raw)
	}
	text := raw
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || n < 0 || n >= len(s.book.shared) {
			problem(Fault, raw)
			return
		}
		text = s.book.shared[n]
	case "e":
		problem(Fault, raw)
	case "b":
		text = map[string]string{"1": "TRUE", "0": "FALSE"}[raw]
	case "", "n":
		text = s.book.number(raw, style)
	}
	if strings.IndexByte(text, 0) >= 0 {
		problem(Null, "")
		return
	}
	r.Cells[column] = clean(text)
}

// columnOf reads the letters of a cell's place: "C12" is column 2.
func columnOf(place string) (int, bool) {
	n := 0
	for i := range len(place) {
		b := place[i] &^ 0x20
		if b < 'A' || b > 'Z' {
			return n - 1, i > 0
		}
		if n = n*26 + int(b-'A') + 1; n > 1<<20 {
			return 0, false
		}
	}
	return 0, false
}

// number writes a number as a person would type it, and a day as YYYY-MM-DD.
func (w *workbook) number(raw, style string) string {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return raw
	}
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(w.days) && w.days[n] && f >= 1 && f < 2_958_466 {
		first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		if w.from1904 {
			first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return first.AddDate(0, 0, int(f)).Format(time.DateOnly)
	}
	if math.Abs(f) >= 1e21 {
		return raw
	}
	// A spreadsheet keeps fifteen digits; what stands behind them is how binary
	// fractions are.
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		return raw
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
