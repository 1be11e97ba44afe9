// Command local runs template.yaml on this machine: the functions' real
// binaries, engines in place of DynamoDB and S3, and one origin for pages,
// files and the API. It needs no account and no container.
//
// The first line on standard output says when everything is up:
//
//	ready http://localhost:8080
//
// PORT is where it listens (8080; 0 for a free one), DATA_DIR holds what is kept
// between runs (.local). DYNAMODB_BIN names another binary of the DynamoDB
// engine; AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_S3 name engines that
// run already.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ksbb/infra/local/child"
	"ksbb/infra/local/engine"
	"ksbb/infra/local/stack"
)

func main() {
	child.Become(engine.Roles())
	if err := run(os.Args[1:], os.Getenv); err != nil {
		fmt.Fprintf(os.Stderr, "local: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, env func(string) string) error {
	options := stack.Options{
		StewardSecret: stewardSecret, Staff: staff,
		Parameters: map[string]string{}, DataDir: env("DATA_DIR"), Progress: os.Stderr, Port: 8080,
		DynamoDBBinary: env("DYNAMODB_BIN"), DynamoDBURL: env("AWS_ENDPOINT_URL_DYNAMODB"), S3URL: env("AWS_ENDPOINT_URL_S3"),
	}
	if options.DataDir == "" {
		options.DataDir = ".local"
	}
	if port := env("PORT"); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 0 || n > 65535 {
			return fmt.Errorf("PORT is %q; want a number from 0 to 65535", port)
		}
		options.Port = n
	}
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.StringVar(&options.Template, "template", "template.yaml", "what to run")
	flags.StringVar(&options.Bin, "bin", "build/bin", "folder of the functions' binaries, <function>/bootstrap")
	flags.StringVar(&options.Site, "site", "", "folder of files for the public bucket")
	demo := flags.Bool("demo", false, "fill an empty ledger with invented recipients")
	flags.Func("parameter", "`Name=Value` of a template parameter; may be repeated", func(s string) error {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return errors.New("want Name=Value")
		}
		options.Parameters[name] = value
		return nil
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("what is %s?", flags.Arg(0))
	}
	if *demo {
		options.Seed = seed(filepath.Join(filepath.Dir(options.Template), rwPoints))
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	began := time.Now()
	s, err := stack.Start(ctx, options)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprintf(os.Stderr, "up in %d ms; behind the stage: %s/_local/; sign in as staff: %s/petugas/\n", time.Since(began).Milliseconds(), s.URL, s.URL)
	fmt.Printf("ready %s\n", s.URL)
	select {
	case <-ctx.Done():
		stop() // a second Ctrl-C need not wait
		fmt.Fprintln(os.Stderr, "stopping")
		return nil
	case <-s.Died():
		return s.Err()
	}
}
