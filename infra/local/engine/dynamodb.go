package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"

	"ksbb/infra/local/child"
	"ksbb/infra/local/dynamo"
)

// DynamoDB starts the engine that keeps its tables in the file dynamodb.sqlite
// of a folder. Its program is binary, or the one that npm put beside this
// module where binary is empty.
func DynamoDB(ctx context.Context, folder, binary string) (*Engine, error) {
	if binary == "" {
		var err error
		if binary, err = installed(); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(folder, "dynamodb.sqlite")
	log, err := os.OpenFile(filepath.Join(folder, "dynamodb.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	var e *Engine
	for range tries {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		cmd := exec.Command(binary, "serve", "--port", strconv.Itoa(port), "--db-path", file)
		cmd.Stdout, cmd.Stderr = log, log
		e = &Engine{URL: fmt.Sprintf("http://127.0.0.1:%d", port), name: "DynamoDB engine", log: log}
		if e.process, err = child.Start(cmd); err != nil {
			return nil, err
		}
		db := dynamo.Client{URL: e.URL, Region: "local"}
		if err = e.await(func() bool { return db.Call(ctx, "ListTables", struct{}{}, nil) == nil }); err != nil {
			continue
		}
		if err := tend(ctx, file); err != nil {
			e.Close()
			return nil, fmt.Errorf("tend %s: %w", file, err)
		}
		return e, nil
	}
	return nil, fmt.Errorf("%w; see %s", e.Err(), log.Name())
}

// installed finds the engine among the packages of infra/local/package.json,
// from the working folder upwards.
func installed() (string, error) {
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	program := filepath.Join("node_modules", "@dynoxide", runtime.GOOS+"-"+arch, "dynoxide")
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working folder: %w", err)
	}
	for {
		for _, at := range []string{filepath.Join(dir, program), filepath.Join(dir, "infra", "local", program)} {
			if _, err := os.Stat(at); err == nil {
				return at, nil
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("find the DynamoDB engine: no " + program +
				"; run npm ci in infra/local, or name another engine in DYNAMODB_BIN or AWS_ENDPOINT_URL_DYNAMODB")
		}
		dir = up
	}
}
