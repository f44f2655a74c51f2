-- title: A word in headlines, month by month
-- group: words
-- description: In how many headlines a word or "phrase" stood, and how many stories there were in all.
-- param q: The word or "phrase", prefix*
select m.month, count(f.rowid) as with_the_word, m.stories, round(1000.0 * count(f.rowid) / m.stories, 2) as per_thousand
from (
    select substr(date_published_utc, 1, 7) as month, count(*) as stories from articles where date_published_utc is not null group by 1
) m
left join (
    select articles_fts.rowid, substr(a.date_published_utc, 1, 7) as month
    from articles_fts cross join articles a on a.search_id = articles_fts.rowid
    where articles_fts match match_of(:q, 'articles_fts', '{headline}')
) f on f.month = m.month
group by m.month
order by m.month desc
