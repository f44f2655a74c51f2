-- title: Where stories link to
-- group: people, places, topics
-- description: Hosts that the bodies of stories link to.
-- param site: Name of a site
with hosts as (
    select o.article_id, substr(o.url, instr(o.url, '://') + 3) || '/' as rest from outlinks o
)
select substr(rest, 1, instr(rest, '/') - 1) as host, count(*) as links, count(distinct article_id) as stories
from hosts join articles a on a.id = hosts.article_id
where :site = '' or a.site = :site
group by host
order by links desc
limit 500
