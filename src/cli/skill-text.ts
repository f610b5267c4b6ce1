/** The worker protocol, for an agent's prompt: short enough to be read whole, exact enough to be followed. */
export const SKILL = `# Working on a colony's tasks with \`colony\`

You are one of several workers on one queue. The queue is a database file; \`colony\`
is the only way you touch it. Set these once, with an id that no other worker has:

    export COLONY_DB=/path/to/data/progress.db
    export COLONY_WORKER=w-1

## The loop

Repeat until \`colony claim\` ends with exit code 3:

1. \`colony claim --with-plan\`
   Takes the next task for you and prints its id, goal, payload, steps and gates.
   (For scripts: \`id=$(colony claim --plain --fields id)\`, then \`colony plan "$id"\`.)
2. For each step that is not marked "skip", in order:
   - \`colony step start ID STEP\`   STEP is the step's number
   - do the work
   - \`colony step done ID STEP --evidence "what shows it"\`
   A step that turns out not to be needed: \`colony step skip ID STEP --evidence "why"\`.
   Steps marked "skip" were done before you: do not do them again.
3. For each gate, do what it asks, and only then:
   \`colony gate done ID KEY --note "how it was met"\`
4. End the task, one way or the other:
   - \`colony done ID\`
   - \`colony fail ID --error "what went wrong"\`   add \`--retry\` if another try may work
   Never leave a task without one of the two. To give it back untouched: \`colony release ID\`.

While something takes longer than 10 minutes, run \`colony heartbeat ID\` now and then:
after 15 minutes without a sign of life your task may be given to another worker.

## Exit codes

| code | what it means | what you do |
| --- | --- | --- |
| 0 | it worked | go on |
| 2 | the command is wrong | read the message, correct the command |
| 3 | nothing to claim | stop: the queue is drained |
| 4 | the claim is not yours any more | stop working on that task, write nothing more about it, claim the next |
| 5 | the database is busy | run the same command again |
| 6 | required gates are open; they are listed | do what they ask, check them off, then \`colony done\` again |
| 7 | no such task, step, gate or database | look at \`colony plan ID\` for the right names |
| other | something is broken | stop, and tell a person |

## As a script

    while id=$(colony claim --plain --fields id) || { rc=$?; false; }; do
      colony plan "$id"        # … do the steps and the gates …
      colony done "$id" || colony fail "$id" --error "could not finish"
    done
    [ "$rc" = 3 ] && echo drained

Evidence, notes and errors may be long: \`--evidence -\` reads them from stdin.
Never write to the database by other means while you work.`;
