import type { Organization } from "./people.ts";
import type { Random } from "./random.ts";

const short = `ls -la {dir}
cd {dir}
sudo systemctl restart {service}
sudo systemctl status {service}-{number}
tail -n {number} {log}
tail -f {log}
grep -rn '{word}' {dir}
df -h
free -m
ps aux | grep {service}
top -b -n 1 | head -{number}
journalctl -u {service} --since '{number} min ago'
docker ps --filter name={service}
docker logs --tail {number} {service}-{number}
docker exec -it {service}-{number} /bin/sh
vim {dir}/{service}.conf
cat {dir}/{service}.conf
less {log}
sudo -u postgres psql -d {service} -c 'SELECT count(*) FROM {word}s'
psql -h {service}-db -U readonly {service}
redis-cli -h {service}-cache info keyspace
curl -sS https://{service}.internal.example/healthz
curl -o /dev/null -w '%{http_code}' http://127.0.0.1:{port}/metrics
ping -c 4 {ip}
ss -ltnp | grep :{port}
iptables -L INPUT -n --line-numbers
git -C {dir} pull --ff-only
git -C {dir} log --oneline -{number}
find {dir} -name '*.{word}' -mtime +{number} -delete
rm -rf {dir}/cache/{hex}
chmod 640 {dir}/{service}.conf
chown -R {service}:{service} {dir}
tar czf /backup/{service}-{hex}.tar.gz {dir}
rsync -a --delete {dir}/ backup@{ip}:{dir}/
scp {log} {ip}:/tmp/{hex}.log
openssl x509 -in /etc/ssl/{service}.pem -noout -dates
sudo apt-get install --only-upgrade {service}-agent
sudo useradd -m -s /bin/bash {word}{number}
crontab -l -u {service}
kill -9 {port}
strace -f -p {port} -o /tmp/{hex}.trace
terraform plan -target=module.{service}
ansible-playbook site.yml -l {service} --tags {word}
kubectl -n {service} rollout restart deploy/{service}
aws s3 cp s3://backups-{service}/{hex}.dump /tmp/
export {word}_TOKEN=$(vault kv get -field=token secret/{service}/{word})
python3 /opt/tools/{word}_report.py --since {number}d --out /tmp/{hex}.csv
echo 'größe: {number} MB für {service}' >> /tmp/{hex}.txt`.split("\n");

const long =
  `for host in $(cat /etc/{service}/hosts | sort -u); do ssh -o BatchMode=yes -o ConnectTimeout=5 deploy@$host "sudo systemctl is-active {service} || sudo journalctl -u {service} -n {number} --no-pager"; done
pg_dump --format=custom --compress=6 --no-owner --host={service}-db.internal.example --username=backup {service} | ssh backup@{ip} "cat > /backup/{service}/{hex}.dump && sha256sum /backup/{service}/{hex}.dump"
find /var/log/{service} -type f -name '*.log' -mtime -{number} -print0 | xargs -0 zgrep -h '{word}.*status=5[0-9][0-9]' | awk '{print $1, $4, $7}' | sort | uniq -c | sort -rn | head -{number} > /tmp/{hex}.txt
docker run --rm -it --network host -v {dir}:/work:ro -e SERVICE={service} -e TOKEN_FILE=/work/{word}.token registry.internal.example/tools/{service}-debug:{hex} /bin/bash -lc 'make {word} ARGS="--limit {number} --verbose"'
sudo -u postgres psql -d {service} -v ON_ERROR_STOP=1 -c "UPDATE {word}s SET state = 'closed', closed_at = now() WHERE id IN (SELECT id FROM {word}s WHERE state = 'open' AND created_at < now() - interval '{number} days' LIMIT {port})"
curl -sS -X POST -H 'Content-Type: application/json' -H 'X-Request-Id: {hex}' --data '{"service":"{service}","action":"{word}","replicas":{number}}' https://deploy.internal.example/api/v1/services/{service}/actions`.split(
    "\n",
  );

const words =
  "order invoice session customer refund shipment ticket user event token report product cart coupon audit batch job webhook secret snapshot".split(
    " ",
  );
const folders = ["/etc", "/srv", "/opt", "/var/lib", "/home/deploy", "/usr/local/etc"];

/** Texts that the bench searches for, and how many rows of a million hold each. */
export const needles = {
  /** About 20, spread evenly. */
  rare: "vault-unseal-7f3a",
  /** About 20, none of them younger than 60 days: a walk by time finds them last. */
  old: "legacy-cutover-19b",
  /** In every eighth row or so. */
  common: "systemctl",
  /** In none. */
  absent: "xylophone-quartz",
} as const;

type Part = string | ((random: Random, organization: Organization) => string);

const values: { [name: string]: (random: Random, organization: Organization) => string } = {
  service: (random, { services }) => random.pick(services),
  dir: (random, { services }) => `${random.pick(folders)}/${random.pick(services)}`,
  log: (random, { services }) =>
    `/var/log/${random.pick(services)}/${random.pick(["error", "access", "audit"])}.log`,
  number: (random) => String(1 + random.below(999)),
  port: (random) => String(1024 + random.below(60_000)),
  hex: (random) => random.hex(8),
  word: (random) => random.any(words),
  ip: (random) => `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
};

function parse(template: string): Part[] {
  return template.split(/(\{[a-z]+\})/).map((part) => values[part.slice(1, -1)] ?? part);
}

const shortParts = short.map(parse);
const longParts = long.map(parse);

/**
 * A command line of 4 to about 300 characters; most are typed again and again, no two hosts' are the same.
 * @param place from 0, the oldest, to just below 1
 * @param row its number of `rows`
 */
export function commandLine(
  random: Random,
  organization: Organization,
  place: number,
  row: number,
  rows: number,
): string {
  const every = Math.max(1, Math.floor(rows / 20));
  if (row % every === Math.floor(every / 2)) return `sudo ${needles.rare} --shard ${random.below(9)}`;
  if (place < 0.3 && row % Math.ceil(every * 0.3) === 7) return `/opt/migrate/${needles.old}.sh --dry-run`;
  const parts = random.chance(0.12) ? random.any(longParts) : random.pick(shortParts);
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : part(random, organization);
  return random.chance(0.05) ? `${text} && ${commandLine(random, organization, 1, 0, 1e9)}` : text;
}
