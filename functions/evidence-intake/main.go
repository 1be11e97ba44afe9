// Command evidence-intake looks at every file that people bring as evidence: it
// checks it, draws the copies that are shown, locks the original, and says what
// became of it.
//
// REGION_PACK names the region pack, which is said in every line of the log.
// LEDGER_TABLE names the table of facts, PRIVATE_TABLE that of contacts, which
// it is not allowed to touch. EVIDENCE_BUCKET names the bucket of the files.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/blob"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("evidence-intake cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	slog.SetDefault(slog.Default().With("region", env("REGION_PACK")))
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	files, err := blob.OpenVault(ctx, env("EVIDENCE_BUCKET"))
	if err != nil {
		return err
	}
	s := &server{facts: facts, files: files, now: time.Now}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}
