package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/document"
	"ksbb/shared/evidence"
	"ksbb/shared/publish"
	"ksbb/shared/table"
)

// Targets of quality.md for one uploaded file, and what a paper took with the
// same library in parts.md.
const (
	evidenceTarget = 2 * time.Second
	evidenceMemory = 64 << 20
	paperMeasured  = 11 * time.Millisecond
)

// papers measures the writing of each document.
func (b *bench) papers(_ context.Context, _ []string) error {
	zone := b.pack.Zone
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, zone)
	paper := document.Paper{Service: b.pack.Title, Operator: "Pemerintah Provinsi", Zone: zone, At: now}
	pledge := func(lines int) document.Pledge {
		p := document.Pledge{
			Number: "K-7F3Q-21XA", Giver: "PT Contoh", Class: "badan usaha", Recipient: "RW 003 Contoh", Kind: "RW", Address: "Jl. Contoh 3",
			Area: "Kelurahan Contoh, Kecamatan Contoh", Steward: "Ibu Contoh", Program: "KSBB Pangan",
			Period: aid.Period{From: "2026-03-05", To: "2026-03-06"}, Route: aid.Direct, Page: "https://ksbb.example/lokasi/31.74.01.1001.003/",
		}
		for range lines {
			p.Items = append(p.Items, document.Item{Quantity: 50, Unit: "paket", Name: "Paket Sembako", Value: 10_000_000})
		}
		return p
	}
	var rules []string
	for _, r := range b.pack.GoodsRules {
		rules = append(rules, r.Text)
	}
	handover := document.Handover{Number: "BAST-7F3Q-21XA-1", Code: "7K2M9Q", URL: "https://ksbb.example/pj/#b.BAST-7F3Q-21XA-1.7K2M9Q", GoodsRules: rules}
	statement := document.Statement{Title: "Surat Pernyataan Komitmen", Clauses: b.pack.Texts.Statement, SignedBy: "Budi Contoh", SignedAt: now}
	delivered := []document.Delivered{{
		Number: "BAST-7F3Q-21XA-1", On: "2026-03-06", Reported: []int64{50, 50}, Received: []int64{50, 48}, ReportedAt: now,
		Answer: "diterima kurang", Via: "tautan penanggung jawab", AnsweredAt: now, Value: 19_600_000, HouseholdDays: 686,
	}}
	n := b.times(60)
	var rows [][]string
	for _, each := range []struct {
		what  string
		write func() ([]byte, error)
	}{
		{"surat pernyataan komitmen", func() ([]byte, error) { return document.Letter(paper, pledge(2), statement) }},
		{"BAST, 2 lines", func() ([]byte, error) { return document.BAST(paper, pledge(2), handover) }},
		{"BAST, 20 lines", func() ([]byte, error) { return document.BAST(paper, pledge(20), handover) }},
		{"tanda terima", func() ([]byte, error) { return document.Receipt(paper, pledge(2), delivered) }},
	} {
		var took sample
		var size int
		var before, after runtime.MemStats
		for i := range n + 3 {
			if i == 3 { // warm
				runtime.ReadMemStats(&before)
			}
			began := time.Now()
			pdf, err := each.write()
			if err != nil {
				return fmt.Errorf("%s: %w", each.what, err)
			}
			if i >= 3 {
				took = append(took, time.Since(began))
			}
			size = len(pdf)
		}
		runtime.ReadMemStats(&after)
		allocated := (after.TotalAlloc - before.TotalAlloc) / uint64(n)
		rows = append(rows, append(took.row(each.what), fmt.Sprintf("%.1f KB", float64(size)/1000), fmt.Sprintf("%.1f MB", float64(allocated)/1e6), verdict(took.median(), paperMeasured)))
	}
	b.out.line("\n## papers: writing the documents of a commitment\n")
	b.out.line("In process, one at a time. Beside them stands what one A4 page with font, table and QR code took with the same library before anything was built (%s). Allocated is the sum over one document, not what is held at once.", ms(paperMeasured))
	b.out.table(append(append([]string{}, sampleHead...), "size", "allocated", "median ≤ "+ms(paperMeasured)), rows)
	return nil
}

// uploads measures the judging of uploaded files, with the most memory held
// meanwhile.
func (b *bench) uploads(_ context.Context, _ []string) error {
	photo := func(w, h int) image.Image {
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w { // smooth with some grain, as a photograph is
				grain := uint8((x*7919 + y*104729) % 23)
				m.SetRGBA(x, y, color.RGBA{uint8(x*255/w) ^ grain, uint8(y*255/h) + grain, uint8((x+y)%256) &^ 15, 255})
			}
		}
		return m
	}
	encoded := func(m image.Image, as string) []byte {
		var out bytes.Buffer
		if as == "image/png" {
			_ = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, m) // a buffer takes everything
		} else {
			_ = jpeg.Encode(&out, m, &jpeg.Options{Quality: 70})
		}
		return out.Bytes()
	}
	n := b.times(8)
	var rows [][]string
	for _, each := range []struct {
		what, announced string
		file            []byte
	}{
		{"photo from the page, 1600 × 1200, JPEG", "image/jpeg", encoded(photo(1600, 1200), "image/jpeg")},
		{"photo from a camera, 4000 × 3000, JPEG", "image/jpeg", encoded(photo(4000, 3000), "image/jpeg")},
		{"the largest taken, 5760 × 4320, JPEG", "image/jpeg", encoded(photo(5760, 4320), "image/jpeg")},
		{"scan, 1240 × 1754, PNG", "image/png", encoded(photo(1240, 1754), "image/png")},
	} {
		var took sample
		var most uint64
		outcome := "taken"
		for range n {
			runtime.GC()
			held := watch()
			began := time.Now()
			_, refused := evidence.Check(each.file, each.announced)
			took = append(took, time.Since(began))
			most = max(most, held())
			if refused != "" {
				outcome = "refused: " + string(refused)
			}
		}
		memory := "met"
		if most > evidenceMemory {
			memory = fmt.Sprintf("missed by %.0f MB", float64(most-evidenceMemory)/(1<<20))
		}
		rows = append(rows, append(took.row(each.what), fmt.Sprintf("%.1f MB", float64(len(each.file))/1e6), outcome,
			fmt.Sprintf("%.0f MB", float64(most)/(1<<20)), memory, verdict(took.at(1), evidenceTarget)))
	}
	b.out.line("\n## uploads: judging a file and drawing its copies\n")
	b.out.line("In process, one at a time. Held is the most that the heap held beyond what was there before, looked at every millisecond; the collector runs as it does by default.")
	b.out.table(append(append([]string{}, sampleHead...), "file", "outcome", "held", "≤ 64 MB", "max ≤ 2 s"), rows)
	return nil
}

// watch looks at the heap until the function that it returns is called, which
// says how far it rose.
func watch() func() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	start := m.HeapAlloc
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > start && now.HeapAlloc-start > most.Load() {
				most.Store(now.HeapAlloc - start)
			}
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return most.Load()
	}
}

// receipt measures a steward's tap on "diterima lengkap" until everybody reads
// it.
func (v *visitor) receipt(ctx context.Context) error {
	n := v.times(40)
	key, err := v.facts.Key(ctx)
	if err != nil {
		return err
	}
	var answered, readable, whole sample
	for i := range n + 3 {
		c, delivery, err := v.reported(ctx)
		if err != nil {
			return err
		}
		if err := v.quiet(ctx); err != nil {
			return err
		}
		m, _, err := v.published(ctx)
		if err != nil {
			return err
		}
		path := "/v1/steward/commitments/" + string(c.ID) + "/receipts/" + string(delivery)
		began := time.Now()
		if err := v.call(ctx, http.MethodPut, path, aid.StewardSecret(key, c.Recipient, 1), map[string]string{"answer": "full"}, nil, http.StatusOK); err != nil {
			return err
		}
		done := time.Now()
		var root publish.AreaFile
		err = v.eventually(ctx, "the next manifest", 2*time.Millisecond, func() (bool, error) {
			var next publish.Manifest
			if err := v.call(ctx, http.MethodGet, "/"+publish.ManifestPath, "", nil, &next, http.StatusOK); err != nil || next.Generation <= m.Generation {
				return false, err
			}
			m = next
			return true, v.call(ctx, http.MethodGet, "/"+m.Root, "", nil, &root, http.StatusOK)
		})
		if err != nil {
			return err
		}
		if i >= 3 {
			answered, readable, whole = append(answered, done.Sub(began)), append(readable, time.Since(done)), append(whole, time.Since(began))
		}
	}
	v.out.line("\n## receipt: a steward confirms, everybody reads it\n")
	v.out.line("Through the whole local stack, one at a time, everything woken earlier has finished. The delivery was reported before, straight through the store.")
	v.out.table(append(append([]string{}, sampleHead...), "p99 ≤ "+ms(localTarget)), [][]string{
		append(answered.row("receipt sent → answered"), ""),
		append(readable.row("answered → totals readable"), verdict(readable.at(0.99), localTarget)),
		append(whole.row("receipt sent → totals readable"), ""),
	})
	return nil
}

// reported takes a commitment up to a delivery that waits for an answer.
func (v *visitor) reported(ctx context.Context) (aid.Commitment, aid.DeliveryID, error) {
	s, err := v.prepared(ctx)
	if err != nil {
		return aid.Commitment{}, "", err
	}
	c, _, err := v.facts.Submit(ctx, s)
	if err != nil {
		return aid.Commitment{}, "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return aid.Commitment{}, "", fmt.Errorf("make id: %w", err)
	}
	cat, now := v.pack.Catalogue(), time.Now().UTC().Truncate(time.Millisecond)
	report := aid.DeliveryReport{ID: aid.DeliveryID(id.String()), On: aid.DayOf(now, v.pack.Zone), Quantities: c.Outstanding()}
	for i, l := range c.Lines {
		report.Quantities[i] = l.Quantity
	}
	for _, step := range []struct {
		move aid.Move
		to   func(aid.Commitment) (aid.Commitment, error)
	}{
		{aid.Verify, func(c aid.Commitment) (aid.Commitment, error) { return c.Verified(now, cat) }},
		{aid.Speak, func(c aid.Commitment) (aid.Commitment, error) { return c.Spoken(aid.Collaborator, now, cat) }},
		{aid.Sign, func(c aid.Commitment) (aid.Commitment, error) { return c.SignedAs("sha256-bench", now, cat) }},
		{aid.Report, func(c aid.Commitment) (aid.Commitment, error) { return c.Reported(report, now, cat) }},
	} {
		after, err := step.to(c)
		if err != nil {
			return c, "", fmt.Errorf("%s: %w", step.move, err)
		}
		if err := v.facts.Move(ctx, table.Change{Move: step.move, Before: c, After: after, At: now, SignedBy: "Bench"}); err != nil {
			return c, "", err
		}
		c = after
	}
	return c, report.ID, nil
}
