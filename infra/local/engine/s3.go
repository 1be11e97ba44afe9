package engine

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"

	"ksbb/infra/local/child"
)

// The S3 engine is a library that wants a process to itself: it changes the
// working folder and allows one instance. So this program runs itself again.
const (
	s3Role    = "s3"
	s3Folder  = "KSBB_LOCAL_S3_FOLDER"
	s3Address = "KSBB_LOCAL_S3_ADDRESS"
	s3Region  = "KSBB_LOCAL_S3_REGION"
	s3Webhook = "KSBB_LOCAL_S3_WEBHOOK"

	// alive is a path that no bucket can have: names have three letters or more.
	alive = "/up"
)

// S3 starts the engine that keeps its buckets in the folder s3 of a folder.
// Every change of an object is posted to webhook, unless that is empty;
// somebody must already listen there.
func S3(folder, region, webhook string) (*Engine, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("find folder: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(folder, "s3.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	var e *Engine
	for range tries {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		address := fmt.Sprintf("127.0.0.1:%d", port)
		cmd, err := child.Self(s3Role, s3Folder+"="+filepath.Join(folder, "s3"), s3Address+"="+address,
			s3Region+"="+region, s3Webhook+"="+webhook)
		if err != nil {
			return nil, err
		}
		cmd.Stdout, cmd.Stderr = log, log
		e = &Engine{URL: "http://" + address, name: "S3 engine", log: log}
		if e.process, err = child.Start(cmd); err != nil {
			return nil, err
		}
		if e.await(func() bool {
			resp, err := http.Get(e.URL + alive)
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		}) == nil {
			return e, nil
		}
	}
	return nil, fmt.Errorf("%w; see %s", e.Err(), log.Name())
}

func serveS3() error {
	folder := os.Getenv(s3Folder)
	buckets, versions := filepath.Join(folder, "buckets"), filepath.Join(folder, "versions")
	for _, dir := range []string{buckets, versions} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make %s: %w", dir, err)
		}
	}
	options := posix.PosixOpts{
		VersioningDir: versions,
		Concurrency:   256,
		// Left at zero it would refuse every copy.
		CopyObjectThreshold: 5 << 30,
	}
	var attributes meta.MetadataStorer = meta.XattrMeta{}
	if err := (meta.XattrMeta{}).Test(buckets); err != nil {
		// This disk keeps no extended attributes: keep them in files beside.
		options.SideCarDir = filepath.Join(folder, "attributes")
		if err := os.MkdirAll(options.SideCarDir, 0o755); err != nil {
			return fmt.Errorf("make %s: %w", options.SideCarDir, err)
		}
		if attributes, err = meta.NewSideCar(options.SideCarDir); err != nil {
			return fmt.Errorf("keep attributes in files: %w", err)
		}
	}
	store, err := posix.New(buckets, attributes, options)
	if err != nil {
		return fmt.Errorf("open %s: %w", buckets, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	return embedgw.RunVersityGW(ctx, store, &embedgw.Config{
		RootUserAccess: Key, RootUserSecret: Secret, Region: os.Getenv(s3Region),
		Ports:          []string{os.Getenv(s3Address)},
		MaxConnections: 4096, MaxRequests: 4096, MultipartMaxParts: 10000,
		KeepAlive: true, Quiet: true, HealthPath: alive,
		EventWebhookURL: os.Getenv(s3Webhook),
	})
}
