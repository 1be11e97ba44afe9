package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"ksbb/infra/local/dynamo"
	"ksbb/infra/local/engine"
	"ksbb/infra/local/template"
	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/blob"
	"ksbb/shared/demo"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

// engines are the two engines with the empty tables and the empty bucket of
// template.yaml.
type engines struct {
	dynamodb, s3    *engine.Engine
	template        *template.Template
	ledger, private string
	bucket          string
	workings        string
}

// startEngines starts both in a new folder. They end with close, or with this
// program. What a measurement does not need of its tables may be left out.
func (b *bench) startEngines(ctx context.Context, without ...string) (*engines, error) {
	folder, err := os.MkdirTemp(b.folder, "engines-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	e := &engines{}
	if err := e.start(ctx, folder, filepath.Join(b.root, "template.yaml"), without); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *engines) start(ctx context.Context, folder, file string, without []string) (err error) {
	if e.template, err = template.Read(file, map[string]string{"RegionPack": regionPack}); err != nil {
		return err
	}
	if e.dynamodb, err = engine.DynamoDB(ctx, folder, os.Getenv("DYNAMODB_BIN")); err != nil {
		return err
	}
	if e.s3, err = engine.S3(folder, template.Region, ""); err != nil {
		return err
	}
	for id, name := range map[string]*string{"Ledger": &e.ledger, "Private": &e.private} {
		t, ok := e.template.Table(id)
		if !ok {
			return fmt.Errorf("template.yaml: no table %s", id)
		}
		*name = t.Name
		var create map[string]json.RawMessage
		if err := json.Unmarshal(t.Create, &create); err != nil {
			return fmt.Errorf("read table %s: %w", t.Name, err)
		}
		for _, attribute := range without {
			delete(create, attribute)
		}
		if err := (dynamo.Client{URL: e.dynamodb.URL, Region: template.Region}).Call(ctx, "CreateTable", create, nil); err != nil {
			return fmt.Errorf("make table %s: %w", t.Name, err)
		}
		ready := dynamodb.NewTableExistsWaiter(e.db(), func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
		if err := ready.Wait(ctx, &dynamodb.DescribeTableInput{TableName: name}, time.Minute); err != nil {
			return fmt.Errorf("wait for table %s: %w", t.Name, err)
		}
	}
	for id, name := range map[string]*string{"PublicBucket": &e.bucket, "Workings": &e.workings} {
		if *name, err = e.makeBucket(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// makeBucket makes a bucket of the template and returns its name.
func (e *engines) makeBucket(ctx context.Context, id string) (string, error) {
	bucket, ok := e.template.Bucket(id)
	if !ok {
		return "", fmt.Errorf("template.yaml: no bucket %s", id)
	}
	objects := s3.New(s3.Options{
		BaseEndpoint: &e.s3.URL, Region: template.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, ""),
	})
	_, err := objects.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket:                    &bucket.Name,
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: template.Region},
	})
	if err == nil && bucket.Versioned {
		_, err = objects.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket:                  &bucket.Name,
			VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
		})
	}
	if err != nil {
		return "", fmt.Errorf("make bucket %s: %w", bucket.Name, err)
	}
	return bucket.Name, nil
}

func (e *engines) close() {
	for _, each := range []*engine.Engine{e.dynamodb, e.s3} {
		if each != nil {
			each.Close()
		}
	}
}

func (e *engines) db() *dynamodb.Client { return clientOf(e.dynamodb.URL) }

func clientOf(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: &endpoint, Region: template.Region,
		Credentials: credentials.NewStaticCredentialsProvider(engine.Key, engine.Secret, ""),
	})
}

// open opens a bucket as a function does: with what the environment says.
func (e *engines) open(ctx context.Context, bucket string) (*blob.Bucket, error) {
	for _, entry := range append(e.environment(), "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null") {
		name, value, _ := strings.Cut(entry, "=")
		if err := os.Setenv(name, value); err != nil {
			return nil, fmt.Errorf("set environment: %w", err)
		}
	}
	return blob.Open(ctx, bucket)
}

// environment points the SDK at the engines, and every other service at
// nothing.
func (e *engines) environment() []string {
	const nowhere = "http://127.0.0.1:9"
	return []string{
		"AWS_REGION=" + template.Region, "AWS_DEFAULT_REGION=" + template.Region,
		"AWS_ACCESS_KEY_ID=" + engine.Key, "AWS_SECRET_ACCESS_KEY=" + engine.Secret,
		"AWS_ENDPOINT_URL_DYNAMODB=" + e.dynamodb.URL, "AWS_ENDPOINT_URL_S3=" + e.s3.URL,
		"AWS_ENDPOINT_URL_SESV2=" + nowhere, "AWS_ENDPOINT_URL=" + nowhere, "AWS_EC2_METADATA_DISABLED=true",
	}
}

// worldNumber chooses the invented world: always the same one.
const worldNumber = 2020

// listings invents about so many recipients: those of the demonstration, and
// for the rest small businesses, as many in each kelurahan.
func listings(pack *region.Pack, recipients int, today aid.Day) ([]aid.Listing, error) {
	all, err := demo.Make(pack, worldNumber, nil, today)
	if err != nil {
		return nil, err
	}
	kelurahan := pack.At(area.Kelurahan)
	for i := 0; len(all) < recipients; i++ {
		all = append(all, business(kelurahan[i%len(kelurahan)], i/len(kelurahan), today))
	}
	return all, nil
}

// business invents the nth small business of a kelurahan.
func business(k region.Area, n int, today aid.Day) aid.Listing {
	// The demonstration numbers its own from 1.
	id := aid.RecipientID(fmt.Sprintf("%s-umkm-%d", k.Code, 1001+n))
	need := func(p aid.PackageID, quantity int64) aid.Need {
		return aid.Need{
			ID: aid.NeedOf(id, p), Recipient: id, Program: "umkm", Package: p, Needed: quantity,
			Source: demo.Source, ConfirmedOn: today, ConfirmedBy: "pemilik usaha",
		}
	}
	return aid.Listing{
		Recipient: aid.Recipient{
			ID: id, Name: fmt.Sprintf("Usaha Contoh %d %s", n+1, k.Name), Kind: "umkm", Area: k.Code, Point: k.Point, People: 4,
			Steward: "Ibu Contoh Melati", Address: fmt.Sprintf("Jalan Contoh Melati No. %d, %s", n+1, k.Name),
			Flags: []aid.Flag{{ID: "jakpreneur", On: today, Source: demo.Source}}, Demo: true,
		},
		Needs:    []aid.Need{need("pelatihan", 3), need("sarana-prasarana", 2)},
		Steward:  aid.Contact{Name: "Ibu Contoh Melati", Email: fmt.Sprintf("usaha-%d@contoh.invalid", n), Phone: "+620000000000"},
		Activity: aid.Activity{UpdatedAt: time.Now().UTC().Truncate(time.Millisecond)},
	}
}

// staple is the package that every measured commitment promises.
const staple = aid.PackageID("sembako")

// chosen picks n RW that still need the staple, evenly spread over the region.
// The same are chosen however many other recipients there are.
func chosen(pack *region.Pack, all []aid.Listing, n int) ([]aid.Listing, error) {
	kind, _ := pack.Territorial()
	var open []aid.Listing
	for _, l := range all {
		i := slices.IndexFunc(l.Needs, func(n aid.Need) bool { return n.Package == staple })
		if l.Recipient.Kind == kind.ID && !l.Recipient.Closed && i >= 0 && l.Needs[i].Remaining() >= 3 {
			open = append(open, l)
		}
	}
	if len(open) < n {
		return nil, fmt.Errorf("%d RW need %s; want %d", len(open), staple, n)
	}
	picked := make([]aid.Listing, n)
	for i := range picked {
		picked[i] = open[i*len(open)/n]
	}
	return picked, nil
}

// draft is what a person fills in for the measured commitments.
func draft(id aid.CommitmentID, to aid.RecipientID, today aid.Day) aid.Draft {
	return aid.Draft{
		ID: id, Recipient: to, Program: "pangan",
		Lines:  []aid.DraftLine{{Need: aid.NeedOf(to, staple), Quantity: 1}},
		Period: aid.Period{From: today.Plus(1), To: today.Plus(7)}, Route: aid.Direct,
		Giver:    aid.Giver{Name: "Yayasan Contoh", Class: aid.SocialOrganization, ShowName: true, Email: "yayasan@contoh.invalid", Phone: "0812 0000 0000"},
		Accepted: true, SignedBy: "Yayasan Contoh",
	}
}

// submission is a draft that passed every rule, as the function stores it.
func submission(pack *region.Pack, d aid.Draft, place aid.Place, now time.Time) (table.Submission, error) {
	promise, err := d.Check(pack.Catalogue(), place, func(string) (string, bool) { return "+6281200000000", true }, now)
	if err != nil {
		return table.Submission{}, fmt.Errorf("check commitment to %s: %w", d.Recipient, err)
	}
	key := []byte("a key that is as long as the real")
	c := promise.Commitment
	c.Collaborator = aid.CollaboratorOf(key, promise.Contact.Email)
	secret, err := aid.Secret(key, c.ID, 1)
	if err != nil {
		return table.Submission{}, err
	}
	return table.Submission{
		Commitment: c,
		Credential: aid.Credential{
			Commitment: c.ID, Recipient: c.Recipient, Contact: promise.Contact, Statement: promise.Statement, Language: promise.Language,
			SecretVersion: 1, SecretHash: aid.Hash(secret), CodeHash: aid.Hash(aid.Code(key, c.ID)),
		},
		Fingerprint: aid.KeyedHash(key, "request", string(c.ID)),
		// A challenge is the hexadecimal form of a SHA-256.
		ChallengeID:      fmt.Sprintf("%x", aid.Hash(string(c.ID))),
		ChallengeExpires: now.Add(10 * time.Minute),
	}, nil
}
