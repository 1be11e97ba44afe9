package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// report writes Markdown.
type report struct{ out io.Writer }

func (r *report) line(format string, args ...any) { fmt.Fprintf(r.out, format+"\n", args...) }

// machine says on what, and with which words, the figures were measured.
func (r *report) machine(ctx context.Context, root string, args []string) {
	r.line("# Figures\n")
	commit := "unknown"
	if text, err := exec.CommandContext(ctx, "git", "-C", root, "describe", "--always", "--dirty").Output(); err == nil {
		commit = strings.TrimSpace(string(text))
	}
	r.line("Measured on %d shared cores, %s, %s/%s.\n", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	r.line("- processor: %s; kernel: %s", fact("/proc/cpuinfo", "model name"), fact("/proc/sys/kernel/osrelease", ""))
	r.line("- commit: %s; command: `%s`", commit, strings.Join(append([]string{"cd infra/bench && go run ."}, args...), " "))
	r.load("at the start")
}

// load says how busy the machine is: on shared cores no figure means much
// without it.
func (r *report) load(when string) {
	averages := strings.Fields(fact("/proc/loadavg", ""))
	if len(averages) > 3 {
		averages = averages[:3]
	}
	r.line("- load average %s: %s (1, 5, 15 minutes)", when, strings.Join(averages, ", "))
}

// fact reads a file of the kernel, or the value after a name in it.
func fact(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	if name == "" {
		return strings.TrimSpace(string(text))
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// table writes rows under a head, its first column to the left.
func (r *report) table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	write := func(row []string) {
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				fmt.Fprintf(r.out, "| %s%s ", cell, space)
			} else {
				fmt.Fprintf(r.out, "| %s%s ", space, cell)
			}
		}
		fmt.Fprintln(r.out, "|")
	}
	fmt.Fprintln(r.out)
	write(head)
	for i, width := range widths {
		if i == 0 {
			fmt.Fprintf(r.out, "|:%s", strings.Repeat("-", width+1))
		} else {
			fmt.Fprintf(r.out, "|%s:", strings.Repeat("-", width+1))
		}
	}
	fmt.Fprintln(r.out, "|")
	for _, row := range rows {
		write(row)
	}
}

// sample is one figure, measured several times.
type sample []time.Duration

// at returns the value that a share of the sample does not exceed. The 99th of
// fewer than a hundred is the greatest.
func (s sample) at(share float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}

func (s sample) median() time.Duration { return s.at(0.5) }

// row says what a sample was of, and its least, middle and greatest values.
func (s sample) row(what string) []string {
	return []string{what, fmt.Sprint(len(s)), ms(s.at(0)), ms(s.median()), ms(s.at(0.99)), ms(s.at(1))}
}

var sampleHead = []string{"", "n", "min", "median", "p99", "max"}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func ratio(a, b float64) string {
	if b == 0 {
		return "—"
	}
	return fmt.Sprintf("%.3f", a/b)
}

// verdict compares a figure with its target, and says the distance if it is
// missed.
func verdict(got, target time.Duration) string {
	if got <= target {
		return "met"
	}
	return "missed by " + ms(got-target)
}
