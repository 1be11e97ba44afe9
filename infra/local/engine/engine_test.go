package engine

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"ksbb/infra/local/child"
	"ksbb/infra/local/dynamo"
)

func TestMain(m *testing.M) {
	child.Become(Roles())
	os.Exit(m.Run())
}

func put(t *testing.T, db dynamo.Client, key string) {
	t.Helper()
	err := db.Call(t.Context(), "PutItem", map[string]any{"TableName": "Facts", "Item": map[string]any{"PK": map[string]any{"S": key}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func TestTablesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, err := DynamoDB(t.Context(), dir, os.Getenv("DYNAMODB_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	db := dynamo.Client{URL: e.URL, Region: "local"}
	err = db.Call(t.Context(), "CreateTable", map[string]any{
		"TableName": "Facts", "BillingMode": "PAY_PER_REQUEST",
		"AttributeDefinitions": []any{map[string]any{"AttributeName": "PK", "AttributeType": "S"}},
		"KeySchema":            []any{map[string]any{"AttributeName": "PK", "KeyType": "HASH"}},
		"StreamSpecification":  map[string]any{"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, "a")
	e.process.Kill() // no chance to tidy up
	e.Close()

	if e, err = DynamoDB(t.Context(), dir, os.Getenv("DYNAMODB_BIN")); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	db.URL = e.URL
	var got struct{ Item map[string]any }
	err = db.Call(t.Context(), "GetItem", map[string]any{"TableName": "Facts", "Key": map[string]any{"PK": map[string]any{"S": "a"}}}, &got)
	if err != nil || got.Item["PK"] == nil {
		t.Fatalf("item after restart: %v, %v", got, err)
	}
}

func TestOldStreamRecordsGoButNumbersGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, err := DynamoDB(t.Context(), dir, os.Getenv("DYNAMODB_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	db := dynamo.Client{URL: e.URL, Region: "local"}
	for _, name := range []string{"Facts", "Other"} {
		err = db.Call(t.Context(), "CreateTable", map[string]any{
			"TableName": name, "BillingMode": "PAY_PER_REQUEST",
			"AttributeDefinitions": []any{map[string]any{"AttributeName": "PK", "AttributeType": "S"}},
			"KeySchema":            []any{map[string]any{"AttributeName": "PK", "KeyType": "HASH"}},
			"StreamSpecification":  map[string]any{"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	err = db.Call(t.Context(), "PutItem", map[string]any{"TableName": "Other", "Item": map[string]any{"PK": map[string]any{"S": "o"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		put(t, db, fmt.Sprint(i))
	}
	file, err := sql.Open("sqlite", filepath.Join(dir, "dynamodb.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Exec("UPDATE _stream_records SET created_at = created_at - 100000"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		put(t, db, fmt.Sprint("new", i))
	}
	rows := func(table string) (numbers []string) {
		r, err := file.Query("SELECT sequence_number FROM _stream_records WHERE table_name = ? ORDER BY id", table)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for r.Next() {
			var n string
			if err := r.Scan(&n); err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, n)
		}
		return numbers
	}
	if got := fmt.Sprint(rows("Facts")); got != "[6 7 8]" {
		t.Errorf("records of the busy table: got %s, want [6 7 8]", got)
	}
	// Its last record is as old, but is all that remembers the number.
	if got := fmt.Sprint(rows("Other")); got != "[1]" {
		t.Errorf("records of the quiet table: got %s, want [1]", got)
	}
}

func TestBucketsSurviveARestartAndKeepTheirPromises(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	client := func(e *Engine) *s3.Client {
		return s3.New(s3.Options{
			BaseEndpoint: aws.String(e.URL), Region: "ap-southeast-3", UsePathStyle: true,
			Credentials: credentials.NewStaticCredentialsProvider(Key, Secret, ""),
		})
	}
	e, err := S3(dir, "ap-southeast-3", "")
	if err != nil {
		t.Fatal(err)
	}
	c := client(e)
	_, err = c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("files"),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "ap-southeast-3"}})
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string, match, none *string) error {
		_, err := c.PutObject(context.Background(), &s3.PutObjectInput{
			Bucket: aws.String("files"), Key: aws.String("data/manifest.json"), Body: bytes.NewReader([]byte(text)),
			ContentType: aws.String("application/json"), CacheControl: aws.String("public, no-cache"),
			Metadata: map[string]string{"generation": "7"}, IfMatch: match, IfNoneMatch: none,
		})
		return err
	}
	if err := write("one", nil, aws.String("*")); err != nil {
		t.Fatal(err)
	}
	if write("two", nil, aws.String("*")) == nil {
		t.Error("If-None-Match let an object be overwritten")
	}
	head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("files"), Key: aws.String("data/manifest.json")})
	if err != nil {
		t.Fatal(err)
	}
	if err := write("three", head.ETag, nil); err != nil {
		t.Errorf("If-Match of the current version: %v", err)
	}
	if write("four", head.ETag, nil) == nil {
		t.Error("If-Match of an old version was let through")
	}
	e.process.Kill()
	e.Close()

	if e, err = S3(dir, "ap-southeast-3", ""); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	got, err := client(e).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("files"), Key: aws.String("data/manifest.json")})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(got.Body); err != nil {
		t.Fatal(err)
	}
	if body.String() != "three" || aws.ToString(got.CacheControl) != "public, no-cache" || aws.ToString(got.ContentType) != "application/json" || got.Metadata["generation"] != "7" {
		t.Errorf("object after restart: %q %q %q %v", &body, aws.ToString(got.CacheControl), aws.ToString(got.ContentType), got.Metadata)
	}
}

func TestCloseLeavesNothingThatAnswers(t *testing.T) {
	t.Parallel()
	e, err := S3(t.TempDir(), "ap-southeast-3", "")
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	client := http.Client{Timeout: time.Second}
	if resp, err := client.Get(e.URL + alive); err == nil {
		resp.Body.Close()
		t.Error("the engine answers after it was closed")
	}
}
