#!/bin/sh
# Makes the topics of the service. Run it once, as an administrator, with the tools of Kafka on the path:
#
#     sh topics.sh kafka-1.example.com:9093 --command-config admin.properties
set -eu
brokers=$1
shift
copies=${COPIES:-3}

topic() {
  kafka-topics.sh --bootstrap-server "$brokers" "$@" --create --if-not-exists --replication-factor "$copies"
}

topic "$@" --topic card-alerts --partitions 8
topic "$@" --topic card-fraud-late --partitions 8
topic "$@" --topic card-fraud-dead-letters --partitions 8
# One partition for each shard: as many as the input has, at most 8. Nothing but the service may remove records from it.
topic "$@" --topic card-fraud-state --partitions "${SHARDS:-8}" \
  --config cleanup.policy=delete --config retention.ms=-1 --config retention.bytes=-1 --config segment.bytes=67108864 \
  --config unclean.leader.election.enable=false --config min.insync.replicas="$((copies > 1 ? 2 : 1))"
