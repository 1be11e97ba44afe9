// Command steward-api answers the endpoints of stewards behind API Gateway: who
// is coming with what and how to reach them, what was received, what is still
// needed. A steward has no account: a link, or the code printed on a hand-over
// sheet, is all that is asked for.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EDGE_KEY is the word that CloudFront shows; empty where there is no CloudFront.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("steward-api cannot start", "err", err)
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
	// As in commitments-api: this opens the connection that the first request uses.
	soon, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := facts.Key(soon); err != nil {
		slog.Warn("installation key not read yet", "err", err)
	}
	s := &server{store: facts, pack: pack, region: catalogue.New(pack, facts, time.Now), now: time.Now, edgeKey: env("EDGE_KEY")}
	lambda.StartWithOptions(web.Proxy(s.handler()), lambda.WithContext(ctx))
	return nil
}
