// Command clock-sweep does what time alone does: it drops what was never
// verified, reminds, lets promises lapse, escalates complaints and forgets
// personal data when its time is over.
//
// REGION_PACK names the region pack, LEDGER_TABLE the table of facts,
// PRIVATE_TABLE the table of contacts, from which it deletes and never reads,
// EVIDENCE_BUCKET the bucket of signed statements, with which it does the same.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/blob"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("clock-sweep cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	vault, err := blob.OpenVault(ctx, env("EVIDENCE_BUCKET"))
	if err != nil {
		return err
	}
	s := &server{store: facts, files: vault, catalogue: pack.Catalogue()}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}
