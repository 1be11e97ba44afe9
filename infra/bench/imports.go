package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"ksbb/shared/area"
)

const (
	// importRows is how long the lists are that are read and compared, and
	// writtenRows that of which every row is written.
	importRows  = 100_000
	writtenRows = 5_000
	// importTarget and importMemory are what issue 6 asks for.
	importTarget = 2 * time.Minute
	importMemory = 256 << 20
)

// imports measures lists of recipients from the last byte of the file to what
// they change, and from the confirmation to the last row written, by the real
// function behind the real store.
func (b *bench) imports(ctx context.Context, _ []string) error {
	if err := b.lists(ctx); err != nil {
		return err
	}
	v, err := b.visit(ctx)
	if err != nil {
		return err
	}
	defer v.stack.Close()
	n := b.times(importRows)
	token, err := v.token(ctx, "assessor")
	if err != nil {
		return err
	}
	program := filepath.Join(b.root, "build", "bin", "import-intake", "bootstrap")
	var rows [][]string
	// measure does something about a number of rows, and says what it took.
	measure := func(what string, n int, do func() error) error {
		b.say("imports: %d rows, %s", n, what)
		before, _ := processes(program) // there may be none yet
		began := time.Now()
		if err := do(); err != nil {
			return err
		}
		took := time.Since(began)
		after, err := processes(program)
		if err != nil {
			return err
		}
		memory := "met"
		if after.peak > importMemory {
			memory = fmt.Sprintf("missed by %d MB", (after.peak-importMemory)>>20)
		}
		rows = append(rows, []string{
			what, fmt.Sprint(n), fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("%.0f", float64(n)/took.Seconds()), fmt.Sprintf("%.1f s", (after.processor - before.processor).Seconds()),
			fmt.Sprintf("%d MB", after.peak>>20), memory, verdict(took, time.Duration(float64(importTarget)*float64(n)/importRows)),
		})
		return nil
	}
	list := b.listOf(n)
	book, err := bookOf(list)
	if err != nil {
		return err
	}
	few := b.listOf(min(n, writtenRows))
	const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	var brought string
	compared := func(kind string, body []byte) func() error {
		return func() (err error) {
			if brought, err = v.bring(ctx, token, kind, body); err != nil {
				return err
			}
			return v.until(ctx, token, brought, "preview")
		}
	}
	for _, step := range []struct {
		what string
		rows int
		do   func() error
	}{
		{fmt.Sprintf("CSV of %.1f MB: read and compared", float64(len(list))/1e6), n, compared("text/csv", list)},
		{fmt.Sprintf("the same as XLSX of %.1f MB", float64(len(book))/1e6), n, compared(xlsx, book)},
		{"a shorter CSV: read and compared", min(n, writtenRows), compared("text/csv", few)},
		{"the shorter one: written", min(n, writtenRows), func() error {
			path := "/v1/staff/recipients/imports/" + brought + "/confirmation"
			if err := v.call(ctx, http.MethodPost, path, token, map[string]any{"id": newID()}, nil, http.StatusOK); err != nil {
				return err
			}
			return v.until(ctx, token, brought, "done")
		}},
		{"the shorter one again: nothing differs", min(n, writtenRows), compared("text/csv", few)},
	} {
		if err := measure(step.what, step.rows, step.do); err != nil {
			return err
		}
	}
	b.out.line("\n## imports: a list of recipients\n")
	b.out.line("Through the whole local stack: upload to the signed address, the store's event, the real function, the real engine and its guard; the publisher works on the same " +
		"processors at the same time and writes the pages of what is listed. Once each. Processor and peak are those of the function's processes: time in it, and the largest resident size since the start (VmHWM). The target is two minutes for 100,000 rows.")
	b.out.table([]string{"", "rows", "took", "rows/s", "processor", "peak", "≤ 256 MB", "≤ 2 min"}, rows)
	return nil
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// token asks the stack for a token of a member of staff.
func (v *visitor) token(ctx context.Context, role string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.stack.URL+"/_local/token?"+url.Values{"role": {role}, "sub": {"bench"}, "name": {"Bench"}}.Encode(), nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ask for a token: %d, %w", answer.StatusCode, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// bring announces a list and puts it where it is read.
func (v *visitor) bring(ctx context.Context, token, kind string, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	var signed struct {
		ID, URL string
		Headers map[string]string
	}
	err := v.call(ctx, http.MethodPost, "/v1/staff/recipients/imports", token, map[string]any{
		"id": newID(), "list": "recipients", "name": "daftar", "type": kind, "length": len(body), "sha256": hex.EncodeToString(sum[:]), "reason": "pengukuran",
	}, &signed, http.StatusOK)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, signed.URL, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("upload list: status %d", answer.StatusCode)
	}
	return signed.ID, nil
}

// until waits until an import has come so far.
func (v *visitor) until(ctx context.Context, token, id, state string) error {
	for {
		var i struct{ State, Problem string }
		if err := v.call(ctx, http.MethodGet, "/v1/staff/recipients/imports/"+id, token, nil, &i, http.StatusOK); err != nil {
			return err
		}
		switch i.State {
		case state:
			return nil
		case "refused", "mapping":
			return fmt.Errorf("import is %s: %s", i.State, i.Problem)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// listOf invents RW that nobody has, spread over all kelurahan.
func (b *bench) listOf(n int) []byte { return b.listWith(n, 100) }

// listWith is that list with other numbers of households.
func (b *bench) listWith(n, households int) []byte {
	var list bytes.Buffer
	list.WriteString("Kode;Jenis;Nama;Lintang;Bujur;Jumlah KK;Jumlah Jiwa;Penanggung Jawab;Alamat\r\n")
	kelurahan := b.pack.At(area.Kelurahan)
	for i := range n {
		k, rw := kelurahan[i%len(kelurahan)], 400+i/len(kelurahan)
		fmt.Fprintf(&list, "%s.%03d;RW;RW %03d %s;%.5f;%.5f;%d;%d;Ibu Contoh %d;Balai RW %03d %s\r\n", k.Code, rw, rw, k.Name, k.Point.Lat, k.Point.Lng, households+i%300, 400+i%900, i, rw, k.Name)
	}
	return list.Bytes()
}

// bookOf writes the same list as a workbook.
func bookOf(list []byte) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	n := 0
	for line := range strings.Lines(string(list)) {
		var cells []any
		for cell := range strings.SplitSeq(strings.TrimSpace(line), ";") {
			cells = append(cells, cell)
		}
		n++
		if err := w.SetRow("A"+strconv.Itoa(n), cells); err != nil {
			return nil, fmt.Errorf("write workbook: %w", err)
		}
	}
	var b bytes.Buffer
	if err := errors.Join(w.Flush(), f.Write(&b)); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return b.Bytes(), nil
}

// usage is what the processes of one program took.
type usage struct {
	processor time.Duration
	peak      int64 // largest resident size of any, bytes
}

// processes returns what the processes took that run a program.
func processes(program string) (usage, error) {
	const tick = 10 * time.Millisecond // of the kernel's counters
	running, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return usage{}, err
	}
	var u usage
	for _, p := range running {
		if runs, err := os.Readlink(filepath.Join(p, "exe")); err != nil || runs != program {
			continue // gone, or another's
		}
		kilobytes, _, _ := strings.Cut(fact(filepath.Join(p, "status"), "VmHWM"), " ")
		if n, err := strconv.ParseInt(kilobytes, 10, 64); err == nil {
			u.peak = max(u.peak, n<<10)
		}
		// Behind the name in parentheses stand the fields from the third on.
		_, rest, _ := strings.Cut(fact(filepath.Join(p, "stat"), ""), ") ")
		if fields := strings.Fields(rest); len(fields) > 12 {
			user, err1 := strconv.ParseInt(fields[11], 10, 64)
			system, err2 := strconv.ParseInt(fields[12], 10, 64)
			if err1 == nil && err2 == nil {
				u.processor += time.Duration(user+system) * tick
			}
		}
	}
	if u.peak == 0 {
		return u, fmt.Errorf("no process runs %s", program)
	}
	return u, nil
}
