// swarm: opens N Socket.IO (EIO=4, websocket) clients on loopback, joins them, sends pixels at a fixed
// rate and counts what every client receives. Prints one line of JSON.
//   swarm --port P --clients N --rate PIXELS_PER_S --secs S [--ramp CONNS_PER_S] [--size BOARD_W]
//         [--deflate 1] [--pids 1,2] [--slow K] [--join EVENT] [--place EVENT] [--update EVENT] [--joinarg JSON]
// Latency: from the write of a placement to the read of the frame that carries it, on SAMPLE clients.
// Server CPU: utime+stime of --pids over the measured window. Linux only; needs zlib for --deflate.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { CONNECTING, UPGRADING, OPENING, NSP, JOINING, LIVE, DEAD };
typedef struct {
  int fd, state, sampled, slow;
  char *buf;
  size_t len, cap;  // assembly buffer (handshake, or sampled)
  uint64_t skip;    // payload bytes still to skip (unsampled live)
  unsigned char hdr[16];
  int hlen;   // partial header (unsampled live)
  int ftype;  // first payload byte wanted
  double t0;
  uint64_t frames, updates;
} Conn;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
static const char *opt(int c, char **v, const char *k, const char *d) {
  for (int i = 1; i + 1 < c; i++)
    if (!strcmp(v[i], k)) return v[i + 1];
  return d;
}
static int ep, N, W, port;
static Conn *cs;
static const char *offers;  // a header that offers compression, as browsers do, or nothing
static const char *ev_join, *ev_place, *ev_update, *joinarg;
static uint64_t frames, bytes, upd_frames, upd_bytes, pings, dead, live, connected, ack_bytes;
static double *joinlat;
static int njoin;
static double *lat;
static size_t nlat, caplat;
static double *sent_at;
static uint64_t seen_pixels, sent_pixels;  // per offset send time
static int measuring;
static char update_prefix[64];
static size_t update_plen;

static int cmpd(const void *a, const void *b) {
  double x = *(double *)a, y = *(double *)b;
  return x < y ? -1 : x > y;
}
static double pct(double *a, size_t n, double p) {
  if (!n) return -1;
  size_t i = (size_t)(p * (n - 1));
  return a[i];
}

static int wsend(Conn *c, const char *s, size_t n) {
  unsigned char f[4096];
  size_t h = 0;
  f[h++] = 0x81;
  if (n < 126)
    f[h++] = 0x80 | n;
  else {
    f[h++] = 0x80 | 126;
    f[h++] = n >> 8;
    f[h++] = n & 255;
  }
  memset(f + h, 0, 4);
  h += 4;
  memcpy(f + h, s, n);
  h += n;
  return send(c->fd, f, h, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)h ? 0 : -1;
}
static void die(Conn *c) {
  if (c->state == DEAD) return;
  if (c->state == LIVE) live--;
  c->state = DEAD;
  close(c->fd);
  dead++;
}

static void sample_update(const char *p, size_t n) {  // p: after 42["u","   payload x,y,c,x,y,c..."]
  double t = now();
  char *e;
  const char *end = p + n;
  while (p < end) {
    long x = strtol(p, &e, 10);
    if (e == p || *e != ',') break;
    p = e + 1;
    long y = strtol(p, &e, 10);
    if (e == p || *e != ',') break;
    p = e + 1;
    strtol(p, &e, 10);
    if (e == p) break;
    p = e;
    if (*p == ',') p++;
    if (x < 0 || x >= W || y < 0 || y >= W) continue;
    seen_pixels++;
    double s = sent_at[y * W + x];
    if (s > 0 && measuring) {
      if (nlat == caplat) {
        caplat = caplat ? caplat * 2 : 65536;
        lat = realloc(lat, caplat * sizeof *lat);
      }
      lat[nlat++] = t - s;
    }
  }
}
static void on_text(Conn *c, const char *p, size_t n) {
  if (!n) return;
  if (p[0] == '2' && n == 1) {
    pings++;
    wsend(c, "3", 1);
    return;
  }
  if (c->state == OPENING && p[0] == '0') {
    c->state = NSP;
    wsend(c, "40", 2);
    return;
  }
  if (c->state == NSP && n >= 2 && p[0] == '4' && p[1] == '0') {
    char m[2048];
    int k = snprintf(m, sizeof m, "420[\"%s\",", ev_join);
    for (const char *q = joinarg; *q && k < 2000; q++)
      if (*q == '%')
        k += snprintf(m + k, sizeof m - k, "%ld", (long)(c - cs));
      else
        m[k++] = *q;
    m[k++] = ']';
    c->state = JOINING;
    wsend(c, m, k);
    return;
  }
  if (c->state == JOINING && n >= 2 && p[0] == '4' && (p[1] == '3' || p[1] == '6')) {
    ack_bytes += n;
    c->state = LIVE;
    live++;
    joinlat[njoin++] = now() - c->t0;
    return;
  }
  if (c->state >= NSP && p[0] == '4' && p[1] == '4') {
    die(c);
    return;
  }
  if (n > update_plen && !memcmp(p, update_prefix, update_plen)) {
    upd_frames++;
    upd_bytes += n;
    c->updates++;
    if (c->sampled) sample_update(p + update_plen, n - update_plen);
  }
}
static void grow(Conn *c, size_t need) {
  if (c->cap < need) {
    c->cap = need * 2;
    c->buf = realloc(c->buf, c->cap);
  }
}
static size_t inflated(unsigned char *data, size_t n, char *out, size_t most) {  // a message of its own, RFC 7692
  z_stream z = {.next_in = data, .avail_in = n, .next_out = (unsigned char *)out, .avail_out = most};
  inflateInit2(&z, -15);
  inflate(&z, Z_SYNC_FLUSH);
  inflateEnd(&z);
  return z.total_out;
}
static void parse_buffered(Conn *c) {
  size_t o = 0;
  if (c->state == UPGRADING) {
    c->buf[c->len] = 0;
    char *e = strstr(c->buf, "\r\n\r\n");
    if (!e) return;
    if (strncmp(c->buf + 9, "101", 3)) {
      die(c);
      return;
    }
    o = e + 4 - c->buf;
    c->state = OPENING;
    connected++;
  }
  while (c->state != DEAD && c->len - o >= 2) {
    unsigned char *b = (unsigned char *)c->buf + o;
    uint64_t n = b[1] & 127;
    size_t h = 2;
    if (n == 126) {
      if (c->len - o < 4) break;
      n = b[2] << 8 | b[3];
      h = 4;
    } else if (n == 127) {
      if (c->len - o < 10) break;
      n = 0;
      for (int i = 0; i < 8; i++) n = n << 8 | b[2 + i];
      h = 10;
    }
    if (c->len - o < h + n) break;
    int op = b[0] & 15;
    frames++;
    bytes += h + n;
    c->frames++;
    if (op == 8) {
      die(c);
      break;
    }
    if (op == 1 && b[0] & 0x40) {
      static char text[4 << 20];
      size_t k = inflated(b + h, n, text, sizeof text - 1);
      text[k] = 0;
      on_text(c, text, k);
    } else if (op == 1) {
      char save = c->buf[o + h + n];
      c->buf[o + h + n] = 0;
      on_text(c, (char *)b + h, n);
      if (c->state != DEAD) c->buf[o + h + n] = save;
    } else if (op == 2 && c->state == JOINING && 0) {
    }
    o += h + n;
  }
  if (c->state == DEAD) return;
  memmove(c->buf, c->buf + o, c->len - o);
  c->len -= o;
}
static void parse_skim(Conn *c, unsigned char *p, size_t n) {  // count frames; answer pings
  while (n) {
    if (c->skip) {
      uint64_t k = c->skip < n ? c->skip : n;
      if (c->ftype) {
        if (*p == '2' && c->skip == 1) {
          pings++;
          wsend(c, "3", 1);
        } else if (p[0] == '4')
          upd_frames++, c->updates++;
        c->ftype = 0;
      }
      c->skip -= k;
      p += k;
      n -= k;
      continue;
    }
    c->hdr[c->hlen++] = *p++;
    n--;
    if (c->hlen < 2) continue;
    int l = c->hdr[1] & 127;
    int need = l == 126 ? 4 : l == 127 ? 10 : 2;
    if (c->hlen < need) continue;
    uint64_t len = l;
    if (l == 126)
      len = c->hdr[2] << 8 | c->hdr[3];
    else if (l == 127) {
      len = 0;
      for (int i = 0; i < 8; i++) len = len << 8 | c->hdr[2 + i];
    }
    frames++;
    c->frames++;
    bytes += need + len;
    int op = c->hdr[0] & 15;
    c->hlen = 0;
    c->skip = len;
    c->ftype = op == 1 && !(c->hdr[0] & 0x40);
    if (c->hdr[0] & 0x40) upd_frames++, c->updates++;  // only what is long is compressed, and that is batches
    upd_bytes += len;
    if (op == 8) {
      die(c);
      return;
    }
  }
}
static void readable(Conn *c) {
  static unsigned char tmp[262144];
  int fast = c->state == LIVE && !c->sampled;
  for (int r = 0; r < 4; r++) {
    ssize_t k;
    if (fast && c->len == 0) {
      k = recv(c->fd, tmp, sizeof tmp, MSG_DONTWAIT);
      if (k > 0) {
        parse_skim(c, tmp, k);
        if (c->state == DEAD) return;
        if (k < (ssize_t)sizeof tmp) return;
        continue;
      }
    } else {
      grow(c, c->len + 65537);
      k = recv(c->fd, c->buf + c->len, 65536, MSG_DONTWAIT);
      if (k > 0) {
        c->len += k;
        parse_buffered(c);
        if (c->state == DEAD) return;
        if (c->state == LIVE && !c->sampled) {
          if (c->len) {
            size_t l = c->len;
            c->len = 0;
            parse_skim(c, (unsigned char *)c->buf, l);
          }
          if (c->buf) {
            free(c->buf);
            c->buf = 0;
            c->cap = 0;
          }
          fast = 1;
        }
        if (k < 65536) return;
        continue;
      }
    }
    if (k == 0) {
      die(c);
      return;
    }
    if (errno == EAGAIN) return;
    die(c);
    return;
  }
}
static void start(int i) {
  Conn *c = cs + i;
  c->t0 = now();
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) {
    perror("socket");
    exit(1);
  }
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (c->slow) {
    int sz = 4096;
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &sz, sizeof sz);
  }
  struct sockaddr_in l = {.sin_family = AF_INET};
  l.sin_addr.s_addr = htonl(0x7f000001u + ((uint32_t)(1 + port % 200) << 16) + 256 * (1 + i / 20000));
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  bind(c->fd, (void *)&l, sizeof l);  // a source address per server port: room for 28,000 connections each
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(c->fd, (void *)&a, sizeof a);
  struct epoll_event e = {.events = EPOLLOUT, .data.u32 = i};
  c->state = CONNECTING;
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}
static void writable(int i) {
  Conn *c = cs + i;
  char m[512];
  int err = 0;
  socklen_t sl = sizeof err;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &sl);
  if (err) {
    die(c);
    return;
  }
  int k = snprintf(m, sizeof m,
                   "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: "
                   "http://127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
                   "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                   port, port, offers);
  c->state = UPGRADING;
  send(c->fd, m, k, MSG_NOSIGNAL);
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static void pump(int ms) {
  static struct epoll_event ev[1024];
  int k = epoll_wait(ep, ev, 1024, ms);
  for (int j = 0; j < k; j++) {
    int i = ev[j].data.u32;
    if (cs[i].state == DEAD) continue;
    if (cs[i].state == CONNECTING)
      writable(i);
    else if (cs[i].slow && cs[i].state == LIVE) {
      struct epoll_event e = {0};
      epoll_ctl(ep, EPOLL_CTL_DEL, cs[i].fd, &e);
    } else
      readable(cs + i);
  }
}
static void cpu(const char *pids, double *u, double *s, long *rss) {
  *u = *s = 0;
  *rss = 0;
  char b[256];
  strncpy(b, pids, 255);
  b[255] = 0;
  for (char *t = strtok(b, ","); t; t = strtok(0, ",")) {
    char p[64], line[1024];
    snprintf(p, sizeof p, "/proc/%s/stat", t);
    FILE *f = fopen(p, "r");
    if (!f) continue;
    if (!fgets(line, sizeof line, f)) {
      fclose(f);
      continue;
    }
    fclose(f);
    char *q = strrchr(line, ')') + 2;
    unsigned long ut, st;
    sscanf(q, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ut, &st);
    *u += ut / 100.0;
    *s += st / 100.0;
    snprintf(p, sizeof p, "/proc/%s/status", t);
    f = fopen(p, "r");
    while (f && fgets(line, sizeof line, f))
      if (!strncmp(line, "VmRSS:", 6)) *rss += atol(line + 6);
    if (f) fclose(f);
  }
}
int main(int c, char **v) {
  port = atoi(opt(c, v, "--port", "4000"));
  N = atoi(opt(c, v, "--clients", "100"));
  W = atoi(opt(c, v, "--size", "64"));
  double rate = atof(opt(c, v, "--rate", "100")), secs = atof(opt(c, v, "--secs", "10")),
         ramp = atof(opt(c, v, "--ramp", "500"));
  const char *pids = opt(c, v, "--pids", "");
  int sample = atoi(opt(c, v, "--sample", "50")), slow = atoi(opt(c, v, "--slow", "0"));
  ev_join = opt(c, v, "--join", "join");
  ev_place = opt(c, v, "--place", "pixelFromPlayer");
  ev_update = opt(c, v, "--update", "u");
  joinarg = opt(c, v, "--joinarg", "\"swarm-fp-%\"");
  offers = atoi(opt(c, v, "--deflate", "0"))
               ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
               : "";
  update_plen = snprintf(update_prefix, sizeof update_prefix, "42[\"%s\",\"", ev_update);
  ep = epoll_create1(0);
  cs = calloc(N, sizeof *cs);
  joinlat = calloc(N, sizeof *joinlat);
  sent_at = calloc((size_t)W * W, sizeof *sent_at);
  for (int i = 0; i < N; i++) {
    cs[i].sampled = i < sample;
    cs[i].slow = i >= N - slow;
  }
  double u0, s0, u1, s1;
  long r0, r1;
  cpu(pids, &u0, &s0, &r0);
  double t0 = now(), deadline = t0 + N / ramp + 30;
  int started = 0;
  while ((int)(live + dead) < N && now() < deadline) {
    int want = (now() - t0) * ramp + 1;
    if (want > N) want = N;
    while (started < want && started - (int)(live + dead) < 2000) start(started++);
    pump(1);
  }
  double tj = now() - t0;
  cpu(pids, &u1, &s1, &r1);
  qsort(joinlat, njoin, sizeof *joinlat, cmpd);
  printf(
      "{\"clients\":%d,\"live\":%lu,\"dead\":%lu,\"join_s\":%.2f,\"join_p50_ms\":%.1f,\"join_p95_ms\":%.1f,\"join_cpu_"
      "us\":%.0f,\"ack_bytes\":%.0f,\"rss_kb_per_client\":%.1f",
      N, live, dead, tj, 1e3 * pct(joinlat, njoin, .5), 1e3 * pct(joinlat, njoin, .95),
      1e6 * (u1 - u0 + s1 - s0) / (njoin ? njoin : 1), njoin ? (double)ack_bytes / njoin : 0,
      (double)(r1 - r0) / (njoin ? njoin : 1));
  double settle = now() + 1;
  while (now() < settle) pump(10);
  frames = bytes = upd_frames = upd_bytes = seen_pixels = 0;
  measuring = 1;
  srand(7);
  uint64_t dead0 = dead;
  cpu(pids, &u0, &s0, &r0);
  t0 = now();
  uint64_t off = 0, step = 2654435761u % ((uint64_t)W * W) | 1, fail = 0;
  while (now() - t0 < secs) {
    uint64_t want = (now() - t0) * rate;
    while (sent_pixels + fail < want) {
      off = (off + step) % ((uint64_t)W * W);
      int who = rand() % N, tries = 0;
      while ((cs[who].state != LIVE || cs[who].slow) && tries++ < 50) who = rand() % N;
      if (cs[who].state != LIVE) {
        fail++;
        continue;
      }
      char m[160];
      int k = snprintf(m, sizeof m, "42[\"%s\",{\"x\":%ld,\"y\":%ld,\"color\":%d}]", ev_place, (long)(off % W),
                       (long)(off / W), rand() % 16);
      sent_at[off] = now();
      if (wsend(cs + who, m, k))
        fail++;
      else
        sent_pixels++;
    }
    pump(1);
  }
  double win = now() - t0;
  cpu(pids, &u1, &s1, &r1);
  uint64_t f = upd_frames, b = bytes;
  settle = now() + 1.5;
  while (now() < settle) pump(10);
  qsort(lat, nlat, sizeof *lat, cmpd);
  double cu = u1 - u0, cy = s1 - s0;
  int smp = 0;
  for (int i = 0; i < N && i < sample; i++)
    if (cs[i].state == LIVE) smp++;
  printf(
      ",\"secs\":%.1f,\"sent_px\":%lu,\"send_fail\":%lu,\"frames\":%lu,\"frames_s\":%.0f,\"MB\":%.2f,\"cpu_user_s\":%."
      "2f,\"cpu_sys_s\":%.2f,\"cpu_pct\":%.0f,\"us_per_frame\":%.2f,\"lat_p50_ms\":%.1f,\"lat_p95_ms\":%.1f,\"lat_p99_"
      "ms\":%.1f,\"lat_max_ms\":%.1f,\"px_per_sampled\":%.1f,\"died\":%lu,\"pings\":%lu,\"rss_mb\":%.0f}\n",
      win, sent_pixels, fail, f, f / win, b / 1e6, cu, cy, 100 * (cu + cy) / win, f ? 1e6 * (cu + cy) / f : 0,
      1e3 * pct(lat, nlat, .5), 1e3 * pct(lat, nlat, .95), 1e3 * pct(lat, nlat, .99), nlat ? 1e3 * lat[nlat - 1] : -1,
      smp ? (double)seen_pixels / smp : 0, dead - dead0, pings, r1 / 1024.0);
  return 0;
}
