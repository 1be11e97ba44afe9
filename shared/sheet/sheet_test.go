package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// all reads a table to its end.
func all(t testing.TB, file []byte, o Options) (Format, []Row, error) {
	t.Helper()
	r, err := Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		return Format{}, nil, err
	}
	defer r.Close()
	var rows []Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Format(), rows, nil
		}
		if err != nil {
			return r.Format(), rows, err
		}
		rows = append(rows, row)
	}
}

// said spells rows shortly: cells with '/', problems as kind@column.
func said(rows []Row) []string {
	var s []string
	for _, r := range rows {
		line := fmt.Sprintf("%d:%s", r.Number, strings.Join(r.Cells, "/"))
		if r.Problem != nil {
			line = fmt.Sprintf("%d!%s@%d", r.Number, r.Problem.Kind, r.Problem.Column)
		}
		s = append(s, line)
	}
	return s
}

func encoded(t *testing.T, s string, how func(string) (string, error)) []byte {
	t.Helper()
	out, err := how(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func TestCSVIsReadAsProgramsWriteIt(t *testing.T) {
	t.Parallel()
	const text = "kode;nama;lintang\r\n31.74;Kafé Contoh;-6,2\r\n"
	plain := []string{"1:kode/nama/lintang", "2:31.74/Kafé Contoh/-6,2"}
	for name, c := range map[string]struct {
		file     []byte
		encoding string
		want     []string
	}{
		"UTF-8":                {[]byte(text), "utf-8", plain},
		"with a mark":          {[]byte("\xef\xbb\xbf" + text), "utf-8", plain},
		"Windows-1252":         {encoded(t, text, charmap.Windows1252.NewEncoder().String), "windows-1252", plain},
		"UTF-16 with a mark":   {encoded(t, text, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String), "utf-16le", plain},
		"UTF-16 without":       {encoded(t, text, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String), "utf-16le", plain},
		"UTF-16 the other way": {encoded(t, text, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String), "utf-16be", plain},
		"tabs":                 {[]byte(strings.ReplaceAll(text, ";", "\t")), "utf-8", plain},
		"commas and quotes":    {[]byte("kode,nama,lintang\n31.74,\"Kafé Contoh\",\"-6,2\"\n"), "utf-8", plain},
		"no last line break":   {[]byte(strings.TrimSpace(text)), "utf-8", plain},
		"old line breaks":      {[]byte(strings.ReplaceAll(text, "\r\n", "\r")), "utf-8", plain},
		"as Excel is told":     {[]byte("sep=;\r\n" + text), "utf-8", []string{"2:kode/nama/lintang", "3:31.74/Kafé Contoh/-6,2"}},
		"told with old breaks": {[]byte("sep=,\ra,b\r1;2,3\r"), "utf-8", []string{"2:a/b", "3:1;2/3"}},
		"empty rows count":     {[]byte("a;b\n\n1;2\n"), "utf-8", []string{"1:a/b", "2:", "3:1/2"}},
		"ragged rows":          {[]byte("a;b;c\n1\n1;2;3;4\n;;3;;\n"), "utf-8", []string{"1:a/b/c", "2:1", "3:1/2/3/4", "4://3"}},
		"breaks in quotes":     {[]byte("a;b\n\"satu\ndua\"; \"ti\"\"ga\" \n"), "utf-8", []string{"1:a/b", "2:satu\ndua/ti\"ga"}},
		"a quote that is none": {[]byte("a;b\nPipa 5\" baru;2\nx;y\n"), "utf-8", []string{"1:a/b", "2:Pipa 5\" baru/2", "3:x/y"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			format, rows, err := all(t, c.file, Options{})
			if got := said(rows); err != nil || !slices.Equal(got, c.want) || format.Encoding != c.encoding || format.Kind != "csv" {
				t.Errorf("%q as %+v, %v; want %q as %s", got, format, err, c.want, c.encoding)
			}
		})
	}
}

func TestARowThatCannotBeTrustedCostsOnlyItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row, want string
	}{
		"NUL":                                {"a;\x00b", "2!null@-1"},
		"broken UTF-8":                       {"a;\xe9\xff", "2!encoding@-1"},
		"formula":                            {"a;=1+1", "2!formula@1"},
		"formula as call":                    {"a;@SUM(A1:A2)", "2!formula@1"},
		"formula in sum":                     {"+HYPERLINK(\"x\");b", "2!formula@0"},
		"a quote open":                       {"\"a;b", "2!quote@-1"},
		"ten megabytes":                      {strings.Repeat("x", 10<<20), "2!too-long@-1"},
		"ten megabytes behind an open quote": {"\"a\n" + strings.Repeat("x", 10<<20), "2!quote@-1"},
		"two quotes far apart":               {"\"a;b\n" + strings.Repeat("1;2\n", mostBreaks) + "\"c;d", "2!quote@-1"},
		"rows between two quotes":            {"\"a;b;c\nd;e;f\ng\";h;i", "2!quote@0"},
		"too many cells":                     {strings.Repeat("x;", MaxColumns+1), "2!too-wide@-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, rows, err := all(t, []byte("kode;café café café\n"+c.row+"\nlagi;ini\n"), Options{})
			got := said(rows)
			if err != nil || len(got) < 3 || got[1] != c.want || !strings.HasSuffix(got[len(got)-1], "lagi/ini") {
				t.Errorf("%.300q, %v; want %s and the next row", got, err, c.want)
			}
		})
	}
	_, rows, err := all(t, []byte("kode;nama\n\"a;b\n"+strings.Repeat("1;2\n", 100)+"\"c;d\n"+strings.Repeat("3;4\n", 100)), Options{})
	if lost := 203 - len(rows); err != nil || lost != 0 || rows[1].Problem == nil || rows[2].Problem != nil || rows[102].Problem == nil || rows[103].Problem != nil {
		t.Errorf("two stray quotes: %d of 203 rows, %v", len(rows), err)
	}
	for _, fine := range []string{"+62 812-0000", "-6,2", "-6.20769", "@contoh", "(+62) 21", "-", "+"} {
		if formula(fine) {
			t.Errorf("%q is taken for a formula", fine)
		}
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file []byte
		want Refusal
	}{
		"nothing":          {nil, Empty},
		"blanks":           {[]byte("\n \n\t\n"), Empty},
		"old Excel":        {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), OldExcel},
		"a ZIP of nothing": {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), Broken},
		"a ZIP cut off":    {[]byte("PK\x03\x04 cut"), Broken},
		"a picture":        {append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1, 2, 3, 0, 200}, 100)...), NoTable},
		"empty sheets":     {workbookOf(t, func(*excelize.File) {}), Empty},
	} {
		if _, _, err := all(t, c.file, Options{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
	if _, _, err := all(t, []byte("a;b\n"), Options{Encoding: "ebcdic"}); !errors.Is(err, NoCharset) {
		t.Errorf("unknown encoding: %v", err)
	}
}

func workbookOf(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbookIsReadAsPeopleSeeIt(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	file := workbookOf(t, func(f *excelize.File) {
		f.SetSheetName("Sheet1", "Keterangan")
		f.SetCellValue("Keterangan", "A1", "Diisi oleh kelurahan")
		f.NewSheet("Data")
		f.SetSheetRow("Data", "A2", &[]any{"Kode", "Nama", "Lintang", "Tanggal", "Ya"})
		f.SetSheetRow("Data", "A3", &[]any{"31.74.01.1001.003", "RW <3> & \"Contoh\"", -6.2087654, day, true})
		f.SetSheetRow("Data", "B5", &[]any{"tanpa kode", 106.1 + 0.2, 1234567890123.0})
		f.SetCellFormula("Data", "A6", "1+1")
		f.SetCellValue("Data", "A7", "akhir")
		own := "dd/mm/yyyy"
		style, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &own})
		f.SetCellValue("Data", "A8", 46083)
		f.SetCellStyle("Data", "A8", "A8", style)
	})
	format, rows, err := all(t, file, Options{Heads: func(cells []string) bool { return slices.Contains(cells, "Kode") }})
	want := []string{
		"1:", "2:Kode/Nama/Lintang/Tanggal/Ya", "3:31.74.01.1001.003/RW <3> & \"Contoh\"/-6.2087654/2026-03-02/TRUE",
		"4:", "5:/tanpa kode/106.3/1234567890123", "6!formula@0", "7:akhir", "8:2026-03-02",
	}
	if got := said(rows); err != nil || !slices.Equal(got, want) || format.Sheet != "Data" {
		t.Errorf("sheet %q:\n%q, %v; want\n%q", format.Sheet, got, err, want)
	}
	if format, _, err := all(t, file, Options{}); err != nil || format.Sheet != "Keterangan" {
		t.Errorf("without headers to look for: sheet %q, %v", format.Sheet, err)
	}
}

// packed is an XLSX of parts that no spreadsheet would write.
func packed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`,
	} {
		if _, replaced := parts[name]; !replaced {
			w, _ := z.Create(name)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, body := range parts {
		w, _ := z.Create(name)
		_, _ = io.WriteString(w, body)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBombsAreRefusedWithoutHoldingThem(t *testing.T) {
	const sheet = "xl/worksheets/sheet1.xml"
	for name, c := range map[string]struct {
		parts map[string]string
		want  Refusal
	}{
		"one text of 30 MB":       {map[string]string{sheet: `<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>` + strings.Repeat("A", 30<<20)}, Exploding},
		"a tag of 10 MB":          {map[string]string{sheet: `<worksheet ` + strings.Repeat(`a="b" `, 10<<20/6)}, Exploding},
		"shared texts of 70 MB":   {map[string]string{sheet: `<worksheet/>`, "xl/sharedStrings.xml": `<sst>` + strings.Repeat("<si><t>"+strings.Repeat("A", 1000)+"</t></si>", 70_000)}, Exploding},
		"a book of many mega":     {map[string]string{"xl/workbook.xml": strings.Repeat("<a>", 1<<20)}, Exploding},
		"XML that ends too early": {map[string]string{sheet: `<worksheet><sheetData><row r="1"><c><v>1</v>`}, Broken},
		"a sheet that is missing": {map[string]string{"xl/other.xml": ""}, Broken},
	} {
		file := packed(t, c.parts)
		c.parts = nil
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := all(t, file, Options{})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
		if held := int64(after.TotalAlloc - before.TotalAlloc); held > 200<<20 {
			t.Errorf("%s: %d MB were allocated", name, held>>20)
		}
	}
	// A cell far away is a row with a number, not a million empty ones.
	_, rows, err := all(t, packed(t, map[string]string{sheet: `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ZZZ1048576"><v>2</v></c></row></sheetData></worksheet>`}), Options{})
	if err != nil || len(rows) != 2 || rows[1].Number != 1048576 || rows[1].Problem == nil || rows[1].Problem.Kind != TooWide {
		t.Errorf("%q, %v", said(rows), err)
	}
}

// properties that every row has, whatever the file.
func check(t *testing.T, rows []Row) {
	last := 0
	for _, r := range rows {
		if r.Number <= last {
			t.Fatalf("row %d follows %d", r.Number, last)
		}
		last = r.Number
		if len(r.Cells) > MaxColumns || len(r.Cells) > 0 && r.Cells[len(r.Cells)-1] == "" {
			t.Fatalf("row %d: cells %q", r.Number, r.Cells)
		}
		for _, c := range r.Cells {
			if r.Problem == nil && (!utf8.ValidString(c) || strings.ContainsRune(c, 0) || c != clean(c)) {
				t.Fatalf("row %d: cell %q", r.Number, c)
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a;b\n1;2\n", "a,b\r\n\"x\"\"y\",\"2\n3\"\r\n", "sep=;\na;b", "\"open;b\nc;d\n", "\xff\xfea\x00;\x00b\x00", "a\tb\r\rc\td", "é;\xe9\n", "=1;2\n\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		_, rows, err := all(t, file, Options{})
		var refusal Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		check(t, rows)
	})
}

// What a program writes is read back as it was.
func FuzzCSVComesBack(f *testing.F) {
	f.Add("satu", "du\"a", "tiga\nempat", uint8(0))
	f.Add("satu;dua", "", "tiga\"\"", uint8(0))
	f.Add("", "a,b", "'", uint8(1))
	f.Fuzz(func(t *testing.T, a, b, c string, which uint8) {
		cells := []string{a, b, c}
		for _, s := range cells {
			// A table that is half control characters is taken for a picture.
			control := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' })
			rows := strings.Contains(s, "\n") && strings.ContainsAny(s, separators)
			if !utf8.ValidString(s) || control || rows || formula(s) || len(s) > MaxRecord/8 || s != clean(s) {
				t.Skip()
			}
		}
		separator := string(separators[int(which)%len(separators)])
		line := ""
		for _, s := range cells {
			line += `"` + strings.ReplaceAll(s, `"`, `""`) + `"` + separator
		}
		head := "kode" + separator + "nama" + separator + "alamat\n"
		_, rows, err := all(t, []byte(head+line+"\n"), Options{Encoding: "utf-8"})
		if err != nil || len(rows) != 2 || rows[1].Problem != nil || !slices.Equal(rows[1].Cells, trimmed(cells)) {
			t.Fatalf("%q came back as %q, %v", cells, said(rows), err)
		}
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1</f><v>2</v></c></row></sheetData></worksheet>`, `<sst><si><t>a</t></si></sst>`)
	f.Add(`<worksheet><row><c><v>1e400</v></c><c t="b"><v>1</v></c><c r="XFD1"><v>1</v></c></row></worksheet>`, ``)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		_, rows, err := all(t, packed(t, map[string]string{"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared}), Options{})
		var refusal Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		check(t, rows)
	})
}
