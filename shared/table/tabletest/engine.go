// Package tabletest tries whether a store keeps the promises of package table:
// [Run] on any store, [Engine] and [Tables] to have a real engine evaluate the
// conditions, [Balance] to judge a ledger after anything happened to it.
package tabletest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"gopkg.in/yaml.v3"
)

// Engine returns a client of an engine that evaluates conditions as DynamoDB
// does. It runs in memory, belongs to this test and its subtests, and ends with
// them: sharing one would cost more than starting one, for it gets slower with
// every record in its streams.
//
// It runs the program that DYNAMODB_BIN names, or the one that infra/local has
// installed; AWS_ENDPOINT_URL_DYNAMODB names a running engine to be used
// instead. Where there is none the test is skipped, unless KSBB_ENGINES is
// "required".
func Engine(t testing.TB) *dynamodb.Client {
	t.Helper()
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"); endpoint != "" {
		return connect(endpoint)
	}
	program, err := findEngine()
	if err != nil {
		if os.Getenv("KSBB_ENGINES") == "required" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	endpoint, stop, err := start(program)
	if err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	t.Cleanup(stop)
	return connect(endpoint)
}

// Tables makes the ledger and the private table as template.yaml defines them,
// under names of their own, and removes them after the test.
func Tables(t testing.TB, db *dynamodb.Client) (ledger, private string) {
	t.Helper()
	return makeTable(t, db, tableOf(t, "Ledger")), makeTable(t, db, tableOf(t, "Private"))
}

// SilentTables makes the same tables without a stream, for tests that write
// thousands of items: the engine looks through all records of its streams
// before it adds one.
func SilentTables(t testing.TB, db *dynamodb.Client) (ledger, private string) {
	t.Helper()
	silent := tableOf(t, "Ledger")
	silent.StreamSpecification = nil
	return makeTable(t, db, silent), makeTable(t, db, tableOf(t, "Private"))
}

// tableOf returns a table of template.yaml under a name of its own.
func tableOf(t testing.TB, resource string) *dynamodb.CreateTableInput {
	t.Helper()
	in, err := definition(resource)
	if err != nil {
		t.Fatal(err)
	}
	in.TableName = aws.String(resource + "-" + rand.Text())
	return in
}

func makeTable(t testing.TB, db *dynamodb.Client, in *dynamodb.CreateTableInput) string {
	t.Helper()
	if _, err := db.CreateTable(t.Context(), in); err != nil {
		t.Fatalf("create table %s: %v", *in.TableName, err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: in.TableName}); err != nil {
			t.Errorf("delete table %s: %v", *in.TableName, err)
		}
	})
	ready := dynamodb.NewTableExistsWaiter(db)
	if err := ready.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: in.TableName}, time.Minute); err != nil {
		t.Fatalf("wait for table %s: %v", *in.TableName, err)
	}
	return *in.TableName
}

// resource is one of template.yaml.
type resource struct {
	Type       string    `yaml:"Type"`
	Properties yaml.Node `yaml:"Properties"`
}

// resources reads template.yaml. It is long, and tests make hundreds of tables.
var resources = sync.OnceValues(func() (map[string]resource, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		return nil, err
	}
	var template struct {
		Resources map[string]resource `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(raw, &template); err != nil {
		return nil, fmt.Errorf("read template.yaml: %w", err)
	}
	return template.Resources, nil
})

// definition returns a table's keys and stream from template.yaml, so that tests
// and deployment cannot drift apart.
func definition(name string) (*dynamodb.CreateTableInput, error) {
	all, err := resources()
	if err != nil {
		return nil, err
	}
	found := all[name]
	if found.Type != "AWS::DynamoDB::Table" {
		return nil, fmt.Errorf("template.yaml: %s is not a table", name)
	}
	var properties struct {
		AttributeDefinitions []struct {
			AttributeName string `yaml:"AttributeName"`
			AttributeType string `yaml:"AttributeType"`
		} `yaml:"AttributeDefinitions"`
		KeySchema []struct {
			AttributeName string `yaml:"AttributeName"`
			KeyType       string `yaml:"KeyType"`
		} `yaml:"KeySchema"`
		GlobalSecondaryIndexes []struct {
			IndexName string `yaml:"IndexName"`
			KeySchema []struct {
				AttributeName string `yaml:"AttributeName"`
				KeyType       string `yaml:"KeyType"`
			} `yaml:"KeySchema"`
			Projection struct {
				ProjectionType string `yaml:"ProjectionType"`
			} `yaml:"Projection"`
		} `yaml:"GlobalSecondaryIndexes"`
		StreamSpecification struct {
			StreamViewType string `yaml:"StreamViewType"`
		} `yaml:"StreamSpecification"`
	}
	if err := found.Properties.Decode(&properties); err != nil {
		return nil, fmt.Errorf("read template.yaml, %s: %w", name, err)
	}
	in := &dynamodb.CreateTableInput{BillingMode: types.BillingModePayPerRequest}
	for _, a := range properties.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: &a.AttributeName, AttributeType: types.ScalarAttributeType(a.AttributeType),
		})
	}
	for _, k := range properties.KeySchema {
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: &k.AttributeName, KeyType: types.KeyType(k.KeyType)})
	}
	for _, g := range properties.GlobalSecondaryIndexes {
		index := types.GlobalSecondaryIndex{IndexName: &g.IndexName, Projection: &types.Projection{ProjectionType: types.ProjectionType(g.Projection.ProjectionType)}}
		for _, k := range g.KeySchema {
			index.KeySchema = append(index.KeySchema, types.KeySchemaElement{AttributeName: &k.AttributeName, KeyType: types.KeyType(k.KeyType)})
		}
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, index)
	}
	if view := properties.StreamSpecification.StreamViewType; view != "" {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(view)}
	}
	return in, nil
}

// moduleRoot returns the nearest folder above that holds template.yaml.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no template.yaml in this folder or above")
		}
		dir = parent
	}
}

func findEngine() (string, error) {
	if program := os.Getenv("DYNAMODB_BIN"); program != "" {
		return program, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(root, "infra", "local", "node_modules", "@dynoxide", "*", "dynoxide*"))
	if err != nil || len(found) == 0 {
		return "", errors.New("no DynamoDB engine: run npm ci in infra/local, or set DYNAMODB_BIN")
	}
	return found[0], nil
}

func connect(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       "ap-southeast-3",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
		// Hundreds of clients share one engine in a test: keep their connections
		// instead of opening a new one for each call.
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
			tr.MaxConnsPerHost, tr.MaxIdleConns, tr.MaxIdleConnsPerHost = 32, 32, 32
		}),
	})
}

// start runs the engine on a free port and waits until it listens.
func start(program string) (endpoint string, stop func(), err error) {
	// The port is free when asked; should somebody be faster, ask again.
	for range 5 {
		address, err := freeAddress()
		if err != nil {
			return "", nil, err
		}
		stop, err := run(program, address)
		if err == nil {
			return "http://" + address, stop, nil
		}
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return "", nil, err
		}
	}
	return "", nil, fmt.Errorf("%s does not listen", program)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func run(program, address string) (stop func(), err error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	child := exec.Command(program, "serve", "--port", port)
	dieWithParent(child)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// The child is told to end with the thread that started it, so this
		// thread must live as long as the child.
		runtime.LockOSThread()
		err := child.Start()
		started <- err
		if err == nil {
			child.Wait() // how it ended does not matter: it is killed
		}
		close(ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	stop = func() {
		child.Process.Kill()
		<-ended
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		select {
		case <-ended:
			return nil, fmt.Errorf("%s ended at once", program)
		default:
		}
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			// Another engine may have taken the port and be the one that answers:
			// then ours ends by itself, but not before we have connected.
			time.Sleep(20 * time.Millisecond)
			select {
			case <-ended:
				return nil, fmt.Errorf("%s lost %s to another program", program, address)
			default:
				return stop, nil
			}
		}
	}
	stop()
	return nil, fmt.Errorf("%s does not listen on %s", program, address)
}

// Dump returns every item of the tables, in the order of its text: for tests of
// what must not have been written.
func Dump(t testing.TB, db *dynamodb.Client, tables ...string) string {
	t.Helper()
	var items []string
	for _, name := range tables {
		pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range page.Items {
				text, err := json.Marshal(it)
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, name+" "+string(text))
			}
		}
	}
	slices.Sort(items)
	return strings.Join(items, "\n")
}
