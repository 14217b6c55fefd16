// Requests about topics.

import { type Answers, done } from "./answers.ts";
import type { Topics } from "./topics.ts";

export function topicAnswers(
  topics: Topics,
): Pick<Answers, "createTopic" | "deleteTopic" | "growTopic" | "describeTopic"> {
  return {
    createTopic: ({ topic, partitions, config = {} }) => done(topics.create(topic, partitions, config)),
    deleteTopic: ({ topic }) => done(topics.delete(topic)),
    growTopic: ({ topic, partitions }) => done(topics.grow(topic, partitions)),
    describeTopic: ({ topic }) => topics.describe(topic),
  };
}
