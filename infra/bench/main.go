// Command bench prints the figures of the path from a form to the public map,
// each beside what it is measured against and the target it has:
//
//	fresh  an accepted commitment → its totals readable in the public files, at
//	       several numbers of recipients, and as a person sees it over HTTP
//	api    a submission through the whole local front, against the raw
//	       transaction on the same engine
//	receipt a steward confirms a delivery → everybody reads it
//	papers the PDFs of a commitment, with size and memory
//	uploads judging a file and drawing its copies, with memory
//	imports lists of 100,000 recipients, read, compared and written, with memory
//	queue  pages of the console's queue among 100,000 commitments, with what they read
//	scheduled the runs of a night: reports, open data, log, with memory
//	cold   exec → first answer of every function, against a hello-world
//
// It runs the real engines, binaries and packages, in a temporary folder and on
// free ports. Nothing here is a test: it fails when something is wrong, never
// because something is slow. What was run, how often and on what stands in the
// report, which goes to standard output; progress goes to standard error.
//
// It needs what `make build` makes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"ksbb/infra/local/child"
	"ksbb/infra/local/engine"
	"ksbb/shared/region"
)

func main() {
	child.Become(engine.Roles())
	if asked := os.Getenv(releaseVariable); asked != "" {
		if err := measureRelease(context.Background(), asked, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %v\n", err)
			os.Exit(1)
		}
		return
	}
	// Whoever stops reading the report has seen enough: that, too, must leave
	// nothing behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	root       string // of the project
	folder     string // temporary
	pack       *region.Pack
	recipients []int
	n          int // overrides how often each figure is measured; 0 does not
	out        *report
	progress   io.Writer
}

// regionPack is the region that is measured.
const regionPack = "dki-jakarta"

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	b := &bench{out: &report{out: out}, progress: progress, recipients: []int{3_200, 50_000}}
	only := []string{"fresh", "api", "receipt", "papers", "uploads", "imports", "queue", "scheduled", "cold"}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Func("only", "comma-separated `parts` of fresh,api,receipt,papers,uploads,imports,queue,scheduled,cold", func(s string) error {
		parts := strings.Split(s, ",")
		for _, part := range parts {
			if !slices.Contains(only, part) {
				return fmt.Errorf("no part is called %s", part)
			}
		}
		only = parts
		return nil
	})
	flags.Func("recipients", "comma-separated `numbers` of recipients that fresh is measured at (default 3200,50000)", func(s string) error {
		b.recipients = nil
		for part := range strings.SplitSeq(s, ",") {
			n, err := strconv.Atoi(part)
			if err != nil || n <= 0 {
				return fmt.Errorf("%q is no number of recipients", part)
			}
			b.recipients = append(b.recipients, n)
		}
		return nil
	})
	flags.IntVar(&b.n, "n", 0, "how often each figure is measured, instead of its own number")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || b.n < 0 {
		return errors.New("want flags only, and a positive n")
	}
	if b.root, err = projectRoot(); err != nil {
		return err
	}
	if b.pack, err = region.Load(regionPack); err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp("", "ksbb-bench-"); err != nil {
		return fmt.Errorf("make temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()

	b.out.machine(ctx, b.root, args)
	for _, part := range []struct {
		name string
		of   []string // the parts asked for that need it
		run  func(context.Context, []string) error
	}{
		{"fresh", []string{"fresh"}, b.fresh},
		{"front", []string{"fresh", "api", "receipt"}, b.front},
		{"papers", []string{"papers"}, b.papers},
		{"uploads", []string{"uploads"}, b.uploads},
		{"imports", []string{"imports"}, b.imports},
		{"queue", []string{"queue"}, b.queue},
		{"scheduled", []string{"scheduled"}, b.scheduled},
		{"cold", []string{"cold"}, b.cold},
	} {
		if !slices.ContainsFunc(only, func(s string) bool { return slices.Contains(part.of, s) }) {
			continue
		}
		if err := part.run(ctx, only); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	b.out.line("\n## Afterwards\n")
	b.out.load("at the end")
	return nil
}

// times is how often a figure is measured.
func (b *bench) times(usual int) int {
	if b.n > 0 {
		return b.n
	}
	return usual
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format+"\n", args...) }

// projectRoot is the nearest folder above that holds template.yaml.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working folder: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no template.yaml in this folder or above")
		}
		dir = up
	}
}
