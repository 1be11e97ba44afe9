package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/engine"
	"ksbb/infra/local/lambda"
	"ksbb/infra/local/template"
	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// importer is the real function of imports behind a store that answers after a
// delay.
type importer struct {
	*bench
	program string
	store   *table.Table
	delayed *delayed
	objects *s3.Client
	bucket  string
	pool    *lambda.Pool
	runs    int
}

// lists measures three lists of which every row is written: new recipients,
// what each needs, and another figure of each.
func (b *bench) lists(ctx context.Context) error {
	e, err := b.startEngines(ctx)
	if err != nil {
		return err
	}
	defer e.close()
	v := &importer{bench: b, program: filepath.Join(b.root, "build", "bin", "import-intake", "bootstrap")}
	if v.bucket, err = e.makeBucket(ctx, "EvidenceBucket"); err != nil {
		return err
	}
	tables, server := startDelayed()
	defer server.Close()
	objects, err := delayedObjects(e.s3)
	if err != nil {
		return err
	}
	defer objects.Close()
	v.delayed, v.store = tables, table.New(clientOf(server.URL), e.ledger, e.private)
	v.objects = s3.New(s3.Options{
		BaseEndpoint: &e.s3.URL, Region: template.Region, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, ""),
	})
	host, err := lambda.NewHost(filepath.Join(b.folder, "log"), func(string, error) {})
	if err != nil {
		return err
	}
	defer host.Close()
	at := slices.IndexFunc(e.template.Functions, func(f template.Function) bool { return f.Folder == "import-intake" })
	f := e.template.Functions[at]
	function := lambda.Function{
		ID: f.ID, Name: f.Folder, ARN: f.ARN, Handler: f.Handler, Program: v.program, Timeout: 15 * time.Minute, Memory: f.Memory,
		Env: append(e.environment(), "AWS_ENDPOINT_URL_DYNAMODB="+server.URL, "AWS_ENDPOINT_URL_S3="+objects.URL, "AWS_LAMBDA_LOG_FORMAT="+f.Format),
	}
	for name, value := range f.Env {
		function.Env = append(function.Env, name+"="+value)
	}
	if v.pool, err = host.Add(function); err != nil {
		return err
	}
	n := b.times(importRows)
	var rows, costs [][]string
	for _, list := range []struct {
		what, kind string
		body       []byte
	}{
		{"new recipients", "recipients", b.listOf(n)},
		{"what each needs", "needs", b.needsOf(n)},
		{"another figure of each", "recipients", b.listWith(n, 101)},
	} {
		took, cost, err := v.measure(ctx, list.what, list.kind, n, list.body)
		if err != nil {
			return fmt.Errorf("%s: %w", list.what, err)
		}
		rows, costs = append(rows, took...), append(costs, cost)
	}
	b.out.line("\n## imports: lists of which every row is written, at a stated delay\n")
	b.out.line(fmt.Sprintf("The real function, as a process of its own behind the Runtime API. The tables are a store in memory that answers each request after %s, a transaction after %s and %s for each item of it; "+
		"each request to the engine of the buckets waits %s more. It keeps what is put, takes every condition to hold, and turns away what asks one partition key for more than %d units in a second, as DynamoDB does; a new table of it grants 4,000 in all, which is not tried. "+
		"Processor and peak are the function's; both, and the store, share the machine. The target is two minutes for 100,000 rows, reading and writing together, below 256 MB.", requestDelay, transactDelay, itemDelay, objectDelay, keyUnits))
	b.out.table([]string{"", "rows", "took", "rows/s", "processor", "peak", "≤ 256 MB", "both ≤ 2 min"}, rows)
	b.out.line("\nWhat writing asks of the tables. Requests and items are exact; units are those of the size of the items, twice in a transaction, and one for an index that an item stands in. The hottest key is what one partition key took in any second.\n")
	b.out.table([]string{"", "requests", "items/row", "units/row", "turned away", "hottest key, units/s", "new connections", "runs"}, costs)
	return nil
}

// measure brings a list and confirms it, and says what both took.
func (v *importer) measure(ctx context.Context, what, kind string, n int, body []byte) (rows [][]string, cost []string, err error) {
	sum := sha256.Sum256(body)
	by := aid.Staff{ID: "bench", Role: aid.StaffAssessor}
	i := aid.ListImport{
		ID: aid.ImportID(newID()), Version: 1, List: kind, Name: "daftar.csv", Type: "text/csv", Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:]),
		Reason: "pengukuran", By: by, ByName: "Bench", At: time.Now().UTC().Truncate(time.Millisecond), State: aid.ImportAwaited,
	}
	key := i.OriginalPath()
	if _, err := v.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &v.bucket, Key: &key, Body: bytes.NewReader(body)}); err != nil {
		return nil, nil, fmt.Errorf("put list: %w", err)
	}
	if err := v.store.PutListImport(ctx, aid.ListImport{}, i); err != nil {
		return nil, nil, err
	}
	phase := func(name string, already time.Duration, until aid.ImportState) (time.Duration, error) {
		v.say("imports: %d rows, %s: %s", n, what, name)
		before, _ := processes(v.program) // there may be none yet
		v.delayed.forget()
		began := time.Now()
		for v.runs = 0; ; v.runs++ {
			if i, err = v.store.ListImport(ctx, i.ID); err != nil {
				return 0, err
			}
			if i.State == until {
				break
			}
			if v.runs == 20 || i.State == aid.ImportRefused || i.State == aid.ImportMapping {
				return 0, fmt.Errorf("import is %s after %d runs: %s", i.State, v.runs, i.Problem)
			}
			if _, err := v.pool.Invoke(ctx, arrival(key)); err != nil {
				return 0, err
			}
		}
		took := time.Since(began)
		after, err := processes(v.program)
		if err != nil {
			return 0, err
		}
		memory := "met"
		if after.peak > importMemory {
			memory = fmt.Sprintf("missed by %d MB", (after.peak-importMemory)>>20)
		}
		target := ""
		if already > 0 {
			target = verdict(already+took, time.Duration(float64(importTarget)*float64(n)/importRows))
		}
		rows = append(rows, []string{
			what + ": " + name, fmt.Sprint(n), fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("%.0f", float64(n)/took.Seconds()),
			fmt.Sprintf("%.1f s", (after.processor - before.processor).Seconds()), fmt.Sprintf("%d MB", after.peak>>20), memory, target,
		})
		return took, nil
	}
	read, err := phase("read and compared", 0, aid.ImportPreview)
	if err != nil {
		return nil, nil, err
	}
	if i.Errors > 0 || i.New+i.Changed != int64(n) {
		return nil, nil, fmt.Errorf("%d new, %d changed, %d same, %d wrong of %d", i.New, i.Changed, i.Same, i.Errors, n)
	}
	confirmed, err := i.Confirmed(aid.Staff{ID: "other", Role: aid.StaffAdmin}, "Other", time.Now().UTC().Truncate(time.Millisecond))
	if err == nil {
		err = v.store.PutListImport(ctx, i, confirmed)
	}
	if err != nil {
		return nil, nil, err
	}
	if _, err := phase("written", read, aid.ImportDone); err != nil {
		return nil, nil, err
	}
	if i.Skipped > 0 {
		return nil, nil, fmt.Errorf("%d of %d rows skipped", i.Skipped, n)
	}
	requests := v.delayed.calls()
	v.delayed.mu.Lock()
	defer v.delayed.mu.Unlock()
	each := func(sum int) string { return fmt.Sprintf("%.2f", float64(sum)/float64(n)) }
	return rows, []string{
		what, requests, each(v.delayed.items), each(v.delayed.units), fmt.Sprint(v.delayed.turnedAway), fmt.Sprintf("%d (%s)", v.delayed.hottest.units, v.delayed.hottestKey), fmt.Sprint(v.delayed.connections), fmt.Sprint(v.runs),
	}, nil
}

// arrival is the event of an object that arrived.
func arrival(key string) []byte {
	var r events.S3EventRecord
	r.EventName, r.S3.Object.Key, r.S3.Object.URLDecodedKey = "ObjectCreated:Put", url.QueryEscape(key), key
	text, _ := json.Marshal(events.S3Event{Records: []events.S3EventRecord{r}}) // texts always encode
	return text
}

// needsOf lists what each RW of listOf needs of one package.
func (b *bench) needsOf(n int) []byte {
	var list bytes.Buffer
	list.WriteString("Kode;Paket;Jumlah;Tanggal;Sumber\r\n")
	kelurahan, today := b.pack.At(area.Kelurahan), time.Now().In(b.pack.Zone).Format("02/01/2006")
	for i := range n {
		fmt.Fprintf(&list, "%s.%03d;Paket Sembako;%d;%s;kelurahan\r\n", kelurahan[i%len(kelurahan)].Code, 400+i/len(kelurahan), 50+i%200, today)
	}
	return list.Bytes()
}
